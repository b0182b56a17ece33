"""Frames in NumPy: known colours, and a resize that is the rounded exact mean."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from attendnets_tf.camera import BAYER, FORMATS, decode, luma, resize
from export.errors import InputError

RNG = np.random.default_rng(0)
sides = st.integers(1, 9)


def exact_weights(size: int, out: int, method: str) -> list[dict[int, Fraction]]:
    """For every output pixel the share of each input pixel, as fractions."""
    if method == "area":
        overlap = [
            {i: min(i + 1, Fraction((o + 1) * size, out)) - max(i, Fraction(o * size, out)) for i in range(size)}
            for o in range(out)
        ]
        return [{i: Fraction(share * out, size) for i, share in row.items() if share > 0} for row in overlap]
    centres = [Fraction(2 * o + 1, 2 * out) * size - Fraction(1, 2) for o in range(out)]
    limited = [min(max(centre, Fraction(0)), Fraction(size - 1)) for centre in centres]
    return [{floor(c): 1 - (c - floor(c)), **({floor(c) + 1: c - floor(c)} if c > floor(c) else {})} for c in limited]


@settings(max_examples=40)
@given(st.data(), sides, sides, st.sampled_from(["area", "bilinear"]))
def test_resize_is_the_exact_mean_rounded_half_up(data: st.DataObject, height: int, width: int, method: str) -> None:
    bound = (height, width) if method == "area" else (12, 12)
    out = (data.draw(st.integers(1, bound[0])), data.draw(st.integers(1, bound[1])))
    image = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 256, (height, width, 3), dtype=np.uint8)
    found = resize(image, *out, method)
    rows, columns = exact_weights(height, out[0], method), exact_weights(width, out[1], method)
    for y, down in enumerate(rows):
        for x, across in enumerate(columns):
            mean = sum(a * b * int(image[i, j, 1]) for i, a in down.items() for j, b in across.items())
            assert found[y, x, 1] == floor(mean + Fraction(1, 2))


@pytest.mark.parametrize("method", ["area", "bilinear"])
def test_an_image_of_the_right_size_is_untouched(method: str) -> None:
    image = RNG.integers(0, 256, (7, 5, 3), dtype=np.uint8)
    assert np.array_equal(resize(image, 7, 5, method), image)


def test_large_images_lose_nothing() -> None:
    """Odd counts of white pixels in 12 million: a rounded sum would show."""
    image = np.full((3000, 4000, 1), 255, np.uint8)
    assert resize(image, 96, 96, "area").min() == 255
    image[:1500] = 0
    assert resize(image, 1, 1, "area").item() == 128
    image[1500, 0] = 254
    assert resize(image, 1, 1, "area").item() == 127


def test_images_that_cannot_be_resized_are_refused() -> None:
    with pytest.raises(InputError, match="smaller than the model's 6x7"):
        resize(np.zeros((8, 5, 1), np.uint8), 7, 6, "area")
    with pytest.raises(InputError, match="32769x1 pixels is too large"):
        resize(np.zeros((1, 32769, 1), np.uint8), 1, 1, "bilinear")


def test_grey_is_pillows() -> None:
    image = RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert np.array_equal(luma(image)[..., 0], np.asarray(Image.fromarray(image).convert("L")))


def test_yuv_is_close_to_pillows() -> None:
    """Which rounds its tables: a difference of one is Pillow's."""
    y, u, v = (RNG.integers(0, 256, (16, 16), dtype=np.uint8).repeat(2, axis=1) for _ in range(3))
    frame = np.stack([y[:, ::2], u[:, ::2], y[:, 1::2], v[:, ::2]], axis=-1).reshape(16, -1)
    image = np.asarray(Image.fromarray(np.stack([y, u, v], axis=-1), "YCbCr").convert("RGB"))
    assert np.abs(decode(frame, "yuyv", 3).astype(int) - image).max() <= 1
    swapped = frame.reshape(16, -1, 2)[..., ::-1].reshape(16, -1)
    assert np.array_equal(decode(swapped, "uyvy", 3), decode(frame, "yuyv", 3))
    assert np.array_equal(decode(swapped, "uyvy", 1)[..., 0], y)


@pytest.mark.parametrize(
    ("word", "colour"), [(0xF800, (255, 0, 0)), (0x07E0, (0, 255, 0)), (0x001F, (0, 0, 255)), (0x8410, (132, 130, 132))]
)
def test_rgb565_in_both_byte_orders(word: int, colour: tuple[int, int, int]) -> None:
    for order, name in (("little", "rgb565"), ("big", "rgb565be")):
        frame = np.frombuffer(word.to_bytes(2, order), np.uint8)[None]  # type: ignore[arg-type]
        assert decode(frame, name, 3)[0, 0].tolist() == list(colour)


@pytest.mark.parametrize("pixel_format", BAYER)
def test_a_bayer_frame_of_one_colour_gives_that_colour(pixel_format: str) -> None:
    """Red, green and blue pixels lie where the name says, row by row."""
    colour = dict(zip("rgb", (200, 100, 30), strict=True))
    cell = np.array([colour[letter] for letter in pixel_format], np.uint8).reshape(2, 2)
    assert np.array_equal(
        decode(np.tile(cell, (3, 4)), pixel_format, 3), np.tile(np.array([200, 100, 30], np.uint8), (6, 8, 1))
    )


def test_a_bayer_pixel_takes_the_mean_of_its_neighbours() -> None:
    frame = np.zeros((4, 4), np.uint8)
    frame[1, 2], frame[2, 1], frame[2, 2], frame[3, 2] = 10, 4, 90, 3
    assert decode(frame, "rggb", 3)[2, 2].tolist() == [90, (10 + 4 + 3 + 2) // 4, 0]


def test_grey_repeats_for_models_of_colour() -> None:
    frame = RNG.integers(0, 256, (4, 6), dtype=np.uint8)
    assert np.array_equal(decode(frame, "grey8", 3), np.repeat(frame[..., None], 3, axis=2))
    assert len(FORMATS) == 10
