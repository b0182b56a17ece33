"""Images in: any file to the exact bytes a network sees. Pillow and NumPy only.

Training and the run on the device use these functions and no others, so that they cannot see different pixels. Frames of a camera
are another way in, which :mod:`attendnets_tf.camera` describes.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from attendnets_tf.camera import resize
from export.errors import InputError

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
MAX_PIXELS = 80_000_000
RESIZES = ("antialias", "area", "bilinear")
"""Pillow's bilinear with antialiasing, or what a camera's generated C does; none keeps the aspect ratio."""
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # the limit above is stricter, and an error

NORMALIZATION = {"mean": 128, "divisor": 128}
"""Of an AttendNet: a pixel stands for (pixel - mean) / divisor, so that int8 = pixel - 128 at its input's scale of 1/128."""
PREPROCESSING: dict[str, Any] = {
    "orientation": "EXIF orientation applied",
    "colour": "RGB, or grey by ITU-R 601 luma; transparency over black; 16-bit and float greys scaled to 8 bits",
    "resize": "antialias",
    "normalization": NORMALIZATION,
}


def load_image(path: str | Path, height: int, width: int, channels: int, method: str = "antialias") -> np.ndarray:
    """Decode, orient, convert and resize one image file: uint8 [height, width, channels], ``channels`` 1 (grey) or 3 (RGB).

    ``method`` is one of ``RESIZES``. The first frame is taken of animations. Raises :class:`InputError`, naming the path, when
    the file is missing, empty, no image, truncated, larger than 80 million pixels, or for the method too small or too large.
    """
    path = Path(path)
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(f"{path}: {image.width}x{image.height} pixels are too many", "scale the image down first")
            return _resized(image, height, width, channels, method)
    except InputError as error:
        message = error.message if error.message.startswith(str(path)) else f"{path}: {error.message}"
        raise InputError(message, error.hint) from None
    except Exception as error:  # decoders raise whatever a malformed file makes them trip over
        empty = path.is_file() and path.stat().st_size == 0
        reason = "the file is empty" if empty else str(error)
        raise InputError(f"{path}: not a readable image: {reason}", "replace or remove the file") from error


def resize_image(image: np.ndarray, height: int, width: int, channels: int, method: str = "antialias") -> np.ndarray:
    """What :func:`load_image` does after decoding, for an array: uint8 [H, W, 1 or 3] -> uint8 [height, width, channels]."""
    return _resized(Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image), height, width, channels, method)


def to_int8(image: np.ndarray) -> np.ndarray:
    """uint8 pixels -> what an AttendNet takes: int8 = pixel - 128, same shape."""
    return (image ^ 0x80).view(np.int8)


def _resized(image: Image.Image, height: int, width: int, channels: int, method: str) -> np.ndarray:
    image = _opaque(_eight_bit(ImageOps.exif_transpose(image)))
    if image.mode != "L":  # not every mode converts to grey directly
        image = image.convert("RGB")
    image = image.convert("L" if channels == 1 else "RGB")
    if method != "antialias":
        return resize(np.asarray(image, dtype=np.uint8).reshape(image.height, image.width, channels), height, width, method)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, dtype=np.uint8).reshape(height, width, channels)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey images of more than 8 bits: integers lose their low byte, floats are clipped to 0…255. Pillow's own conversion
    clips."""
    if image.mode == "F":
        return Image.fromarray(np.clip(np.nan_to_num(np.asarray(image)), 0, 255).astype(np.uint8))
    if image.mode == "I" or image.mode.startswith("I;16"):
        return Image.fromarray((np.clip(np.asarray(image).astype(np.int64), 0, 65535) >> 8).astype(np.uint8))
    return image


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), image)
