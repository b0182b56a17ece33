"""Camera frames to pixels of a model's size, in integers: what ``attendnets-cli build --camera`` renders as C, bit for bit.

NumPy only. Training uses the same :func:`resize` when it is told to, so that a network meets on the device what it was
trained on. All numbers are exact integers, and every quotient is rounded half up once, at its end:

**Colours.** Five and six bits of RGB565 become eight by repeating their highest bits. YUV is BT.601 with full range: with
U and V around zero, R = Y + 1.402 V, G = Y - 0.344136 U - 0.714136 V, B = Y + 1.772 U, coefficients in 1/65536, limited to
0…255. A Bayer pixel takes a colour that it lacks from the mean of its two or four nearest neighbours of that colour; at the
border the frame is mirrored around its outermost pixels. Grey is ITU-R 601 luma, (19595 R + 38470 G + 7471 B) / 65536, as Pillow has
it; of YUV it is Y. All of that stays below 2^25.

**Resize.** An output pixel is a weighted mean, and weights across and down are integers, so that no position is rounded:

- ``area``: an input pixel is ``out`` units wide and an output pixel ``size``; the weight is their overlap. Weights sum to
  ``size``. It only makes images smaller.
- ``bilinear``: the centre of output pixel x lies ((2x + 1) size - out) / (2 out) behind the centre of input pixel 0; the two
  nearest pixels weigh by their distance in units of 1 / (2 out), positions limited to the image. Weights sum to 2 ``out``.

With N the product of both sums, a pixel is (sum + N // 2) // N, in unsigned 32 bits: sum + N // 2 <= 255 N + N / 2 < 2^32 for
N <= 2^24, that is for ``area`` from up to 4096x4096 pixels and for ``bilinear`` to up to 2048x2048. The generated C keeps to that;
here nothing overflows at all, since the products of matrices are exact: partial sums down are below 2^24, the precision of float32,
and those across below 2^53.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from export.errors import InputError

MAX_SIDE = 32768
BAYER = {"rggb": (0, 0), "grbg": (0, 1), "gbrg": (1, 0), "bggr": (1, 1)}  # row and column of the first red pixel


def frame_to_image(
    frame: np.ndarray, pixel_format: str, crop: tuple[int, int, int, int], size: tuple[int, int, int], method: str
) -> np.ndarray:
    """A frame, uint8 [rows, bytes per row] -> uint8 [height, width, channels], which ``size`` is; ``channels`` is 1 or 3.

    ``pixel_format`` is one of ``FORMATS``; ``crop`` is (width, height, x, y) in pixels; ``method`` is area or bilinear. Raises
    :class:`InputError` as :func:`resize` does.
    """
    width, height, x, y = crop
    image = decode(frame, pixel_format, size[2])
    return resize(image[y : y + height, x : x + width], size[0], size[1], method)


def decode(frame: np.ndarray, pixel_format: str, channels: int) -> np.ndarray:
    """A frame, uint8 [height, bytes per row] -> grey or RGB pixels, uint8 [height, width, ``channels``]."""
    pixels = FORMATS[pixel_format](frame, channels)
    if pixels.shape[-1] == channels:
        return pixels
    return np.repeat(pixels, 3, axis=-1) if channels == 3 else luma(pixels)


def luma(rgb: np.ndarray) -> np.ndarray:
    """uint8 [..., 3] -> grey, uint8 [..., 1]."""
    return ((rgb.astype(np.int32) @ np.array([[19595], [38470], [7471]], np.int32) + 32768) >> 16).astype(np.uint8)


def resize(image: np.ndarray, height: int, width: int, method: str) -> np.ndarray:
    """uint8 [H, W, C] -> uint8 [``height``, ``width``, C]; ``method`` is area or bilinear, see above.

    Raises :class:`InputError` where area would have to enlarge, and for images with sides above 32768 pixels.
    """
    size = f"{image.shape[1]}x{image.shape[0]} pixels"
    if max(image.shape[:2]) > MAX_SIDE:
        raise InputError(f"an image of {size} is too large", f"use images of up to {MAX_SIDE} pixels a side")
    if method == "area" and (image.shape[0] < height or image.shape[1] < width):
        hint = "use larger images, or resize bilinear"
        raise InputError(f"an image of {size} is smaller than the model's {width}x{height}, and area only makes smaller", hint)
    weights = {"area": _area_weights, "bilinear": _bilinear_weights}[method]
    down, across = weights(image.shape[0], height), weights(image.shape[1], width)
    total = int(down[0].sum()) * int(across[0].sum())
    planes = [down @ image[..., channel].astype(np.float32) for channel in range(image.shape[2])]
    sums = np.stack([plane.astype(np.float64) @ across.T.astype(np.float64) for plane in planes], axis=-1).astype(np.int64)
    return ((sums + total // 2) // total).astype(np.uint8)


@lru_cache(maxsize=8)
def _area_weights(size: int, out: int) -> np.ndarray:
    """Overlap of every input with every output pixel: integers as float32 [out, size]."""
    inputs, outputs = np.arange(size + 1) * out, np.arange(out + 1)[:, None] * size
    overlap = np.minimum(inputs[1:], outputs[1:]) - np.maximum(inputs[:-1], outputs[:-1])
    return np.maximum(overlap, 0).astype(np.float32)


@lru_cache(maxsize=8)
def _bilinear_weights(size: int, out: int) -> np.ndarray:
    """The two weights of every output pixel: integers as float32 [out, size]."""
    pixels = np.arange(out)
    first, behind = np.divmod(np.clip((2 * pixels + 1) * size - out, 0, 2 * out * (size - 1)), 2 * out)
    weights = np.zeros((out, size), np.float32)
    weights[pixels, first] = 2 * out - behind
    weights[pixels, np.minimum(first + 1, size - 1)] += behind
    return weights


def _grey8(frame: np.ndarray, channels: int) -> np.ndarray:
    return frame[..., None]


def _rgb888(frame: np.ndarray, channels: int) -> np.ndarray:
    return frame.reshape(len(frame), -1, 3)


def _rgb565(order: str) -> Callable[[np.ndarray, int], np.ndarray]:
    def convert(frame: np.ndarray, channels: int) -> np.ndarray:
        words = np.ascontiguousarray(frame).view(f"{order}u2").astype(np.uint16)
        red, green, blue = words >> 11, (words >> 5) & 63, words & 31
        return np.stack([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2], axis=-1).astype(np.uint8)

    return convert


def _yuv422(luma_first: bool) -> Callable[[np.ndarray, int], np.ndarray]:
    def convert(frame: np.ndarray, channels: int) -> np.ndarray:
        grey, colour = (frame[:, offset::2] for offset in ((0, 1) if luma_first else (1, 0)))
        if channels == 1:
            return grey[..., None]
        y = grey.astype(np.int32) << 16
        u, v = (np.repeat(colour[:, offset::2].astype(np.int32) - 128, 2, axis=1) for offset in (0, 1))
        rgb = np.stack([y + 91881 * v, y - 22554 * u - 46802 * v, y + 116130 * u], axis=-1)
        return np.clip((rgb + 32768) >> 16, 0, 255).astype(np.uint8)

    return convert


def _bayer(first_red: tuple[int, int]) -> Callable[[np.ndarray, int], np.ndarray]:
    def convert(frame: np.ndarray, channels: int) -> np.ndarray:
        height, width = frame.shape
        padded = np.pad(frame.astype(np.int32), 1, mode="reflect")

        def around(*steps: tuple[int, int]) -> np.ndarray:
            """The mean of the neighbours at these steps down and across."""
            views = [padded[1 + y : 1 + y + height, 1 + x : 1 + x + width] for y, x in steps]
            return np.asarray((sum(views) + len(views) // 2) // len(views))

        itself, across, down = around((0, 0)), around((0, -1), (0, 1)), around((-1, 0), (1, 0))
        cross, corners = around((0, -1), (0, 1), (-1, 0), (1, 0)), around((-1, -1), (-1, 1), (1, -1), (1, 1))
        red_row = (np.arange(height) % 2 == first_red[0])[:, None]
        red_column = (np.arange(width) % 2 == first_red[1])[None]
        red = np.where(red_row, np.where(red_column, itself, across), np.where(red_column, down, corners))
        green = np.where(red_row == red_column, cross, itself)
        blue = np.where(red_row, np.where(red_column, corners, down), np.where(red_column, across, itself))
        return np.stack([red, green, blue], axis=-1).astype(np.uint8)

    return convert


FORMATS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "grey8": _grey8,
    "rgb888": _rgb888,
    "rgb565": _rgb565("<"),
    "rgb565be": _rgb565(">"),
    "yuyv": _yuv422(luma_first=True),
    "uyvy": _yuv422(luma_first=False),
    **{name: _bayer(first_red) for name, first_red in BAYER.items()},
}
