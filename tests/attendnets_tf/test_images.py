"""Images: every colour model gives the pixels a person sees; every broken file is named, never a traceback."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from attendnets_tf import images
from attendnets_tf.camera import frame_to_image
from attendnets_tf.images import load_image, resize_image, to_int8
from export.errors import InputError

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (6, 8), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)


def _saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def test_pixels_of_an_image_of_the_right_size_are_untouched(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(COLOUR), tmp_path / "a.png")
    assert np.array_equal(load_image(path, 6, 8, 3), COLOUR)
    path = _saved(Image.fromarray(GREY), tmp_path / "b.png")
    assert np.array_equal(load_image(path, 6, 8, 1)[..., 0], GREY)


def test_grey_becomes_rgb_by_repetition_and_back_without_loss(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(GREY), tmp_path / "a.png")
    rgb = load_image(path, 6, 8, 3)
    assert np.array_equal(rgb, np.repeat(GREY[..., None], 3, axis=2))
    assert np.array_equal(resize_image(rgb, 6, 8, 1)[..., 0], GREY)


def test_sixteen_bit_greys_keep_their_high_byte(tmp_path: Path) -> None:
    wide = GREY.astype(np.uint16) * 257
    for name in ("a.png", "a.tif"):
        path = _saved(Image.fromarray(wide), tmp_path / name)
        assert np.array_equal(load_image(path, 6, 8, 1)[..., 0], GREY)


def test_float_greys_are_clipped(tmp_path: Path) -> None:
    values = np.array([[-5.0, 0.0, 7.9, 255.0, 300.0, np.nan]], np.float32)
    path = _saved(Image.fromarray(values), tmp_path / "a.tif")
    assert load_image(path, 1, 6, 1).ravel().tolist() == [0, 0, 7, 255, 255, 0]


def test_transparency_is_laid_over_black(tmp_path: Path) -> None:
    alpha = np.zeros((6, 8), np.uint8)
    alpha[:3] = 255
    path = _saved(Image.fromarray(np.dstack([COLOUR, alpha])), tmp_path / "a.png")
    expected = np.where(alpha[..., None] == 255, COLOUR, 0)
    assert np.array_equal(load_image(path, 6, 8, 3), expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I", "F", "YCbCr"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_colour_model_loads(tmp_path: Path, mode: str, channels: int) -> None:
    path = _saved(Image.fromarray(COLOUR).convert(mode), tmp_path / "a.tif")
    pixels = load_image(path, 4, 5, channels)
    assert (pixels.shape, pixels.dtype) == ((4, 5, channels), np.uint8)


def test_palette_images_show_their_colours(tmp_path: Path) -> None:
    flat = np.zeros((6, 8, 3), np.uint8)
    flat[:, 4:] = (10, 200, 30)
    path = _saved(Image.fromarray(flat).convert("P", palette=Image.Palette.ADAPTIVE), tmp_path / "a.gif")
    assert np.array_equal(load_image(path, 6, 8, 3), flat)


def test_cmyk_is_converted(tmp_path: Path) -> None:
    path = _saved(Image.new("CMYK", (8, 6), (0, 255, 255, 0)), tmp_path / "a.tif")
    assert load_image(path, 6, 8, 3)[0, 0].tolist() == [255, 0, 0]


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to view
    path = _saved(Image.fromarray(COLOUR), tmp_path / "a.png", exif=exif)
    assert np.array_equal(load_image(path, 8, 6, 3), np.rot90(COLOUR, -1))


def test_shrinking_averages_instead_of_dropping_pixels(tmp_path: Path) -> None:
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 200
    path = _saved(Image.fromarray(stripes), tmp_path / "a.png")
    assert set(np.unique(load_image(path, 8, 8, 1)).tolist()) <= set(range(90, 111))


def test_an_array_and_a_file_with_the_same_pixels_resize_alike(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(COLOUR), tmp_path / "a.png")
    for channels in (1, 3):
        assert np.array_equal(load_image(path, 4, 5, channels), resize_image(COLOUR, 4, 5, channels))


@pytest.mark.parametrize("method", ["area", "bilinear"])
def test_a_file_is_resized_like_a_camera_frame(tmp_path: Path, method: str) -> None:
    """RGB888 and grey frames of the same pixels: what the generated C is held to."""
    path = _saved(Image.fromarray(COLOUR), tmp_path / "a.png")
    frames = {"rgb888": COLOUR.reshape(6, -1), "grey8": GREY}
    for channels in (1, 3):
        frame = frame_to_image(frames["rgb888"], "rgb888", (8, 6, 0, 0), (4, 5, channels), method)
        assert np.array_equal(load_image(path, 4, 5, channels, method), frame)
    path = _saved(Image.fromarray(GREY), tmp_path / "b.png")
    frame = frame_to_image(frames["grey8"], "grey8", (8, 6, 0, 0), (4, 5, 3), method)
    assert np.array_equal(load_image(path, 4, 5, 3, method), frame)


def test_area_refuses_images_that_are_too_small_by_name(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(GREY), tmp_path / "small.png")
    with pytest.raises(InputError, match=r"small\.png: an image of 8x6 pixels is smaller than the model's 8x7"):
        load_image(path, 7, 8, 1, "area")


@given(st.integers(0, 255))
def test_int8_is_pixel_minus_128(pixel: int) -> None:
    converted = to_int8(np.array([pixel], np.uint8))
    assert converted.dtype == np.int8
    assert int(converted[0]) == pixel - 128


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9])
def test_truncated_files_are_refused_by_name(tmp_path: Path, suffix: str, kept: float) -> None:
    path = _saved(Image.fromarray(RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)), tmp_path / f"broken{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(InputError, match="broken") as caught:
        load_image(path, 8, 8, 3)
    assert ("empty" in caught.value.message) == (kept == 0.0)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_load_or_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    buffer = io.BytesIO()
    Image.fromarray(COLOUR).save(buffer, "png")
    path = tmp_path_factory.getbasetemp() / "fuzz.png"
    for data in (content, buffer.getvalue()[:40] + content):
        path.write_bytes(data)
        try:
            assert load_image(path, 4, 4, 3).shape == (4, 4, 3)
        except InputError as error:
            assert "fuzz.png" in error.message


def test_a_missing_file_or_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(InputError, match=path.name):
            load_image(path, 8, 8, 3)


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _saved(Image.fromarray(GREY), tmp_path / "large.png")
    monkeypatch.setattr(images, "MAX_PIXELS", 47)
    with pytest.raises(InputError, match=r"large\.png: 8x6 pixels are too many"):
        load_image(path, 6, 8, 1)


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    path = _saved(Image.new("1", (20_000, 20_000)), tmp_path / "bomb.png")
    with pytest.raises(InputError, match=r"bomb\.png"):
        load_image(path, 8, 8, 1)
