"""A camera in front of a model: what ``build --camera`` was asked for, checked, and the numbers of the C that it renders.

What the C computes is written down in ``attendnets_tf/camera.py``, its twin in NumPy.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from .errors import InputError

BAYER_FORMATS = {"rggb": (0, 0), "grbg": (0, 1), "gbrg": (1, 0), "bggr": (1, 1)}
"""Row and column of the first red pixel, each 0 or 1."""
PIXEL_BYTES = {"grey8": 1, "rgb888": 3, "rgb565": 2, "rgb565be": 2, "yuyv": 2, "uyvy": 2, **dict.fromkeys(BAYER_FORMATS, 1)}
TEMPLATES = {"rgb565be": "rgb565", "yuyv": "yuv422", "uyvy": "yuv422", **dict.fromkeys(BAYER_FORMATS, "bayer")}
"""The file of a format in firmware_templates/camera, where it is not called like the format."""
CAMERA_RESIZES = ("area", "bilinear")
MAX_FRAME_SIDE, MAX_OUTPUT_SIDE = 4096, 2048
"""Within these, every sum stays below 2^32."""


@dataclass(frozen=True)
class Crop:
    """Part of a frame, in pixels; (x, y) is its upper left corner."""

    width: int
    height: int
    x: int
    y: int


@dataclass(frozen=True)
class Camera:
    """Frames of ``width`` x ``height`` pixels in a ``format`` of PIXEL_BYTES; of them ``crop`` is resized by area or bilinear."""

    format: str
    width: int
    height: int
    crop: Crop
    resize: str


def parse_camera(text: str, crop: str | None, resize: str) -> Camera:
    """A camera from FORMAT:WIDTHxHEIGHT and a crop WIDTHxHEIGHT+X+Y, by default the whole frame.

    Raises InputError for any other text, an unknown format, a crop that is not inside the frame, and sizes that cannot be.
    """
    found = re.fullmatch(r"(\w+):(\d{1,9})x(\d{1,9})", text, re.ASCII)
    if not found:
        raise InputError(f"{text!r} is no camera.", "Write FORMAT:WIDTHxHEIGHT, such as rgb565:320x240.")
    name, width, height = found[1], int(found[2]), int(found[3])
    if name not in PIXEL_BYTES:
        orders = [known for known, template in TEMPLATES.items() if name == template]
        nearest = [" or ".join(orders)] if orders else get_close_matches(name, PIXEL_BYTES, n=1)
        question = f"Did you mean {nearest[0]}? " if nearest else ""
        raise InputError(f"There is no camera format {name!r}.", f"{question}Formats: {', '.join(PIXEL_BYTES)}.")
    if not (1 <= width <= MAX_FRAME_SIDE and 1 <= height <= MAX_FRAME_SIDE):
        raise InputError(f"A frame cannot have {width}x{height} pixels.", f"A side has 1 to {MAX_FRAME_SIDE} pixels.")
    odd = width % 2 or (name in BAYER_FORMATS and height % 2)
    if odd and TEMPLATES.get(name) in ("yuv422", "bayer"):
        sides = "width and height are" if name in BAYER_FORMATS else "width is"
        raise InputError(f"A frame of {name} cannot have {width}x{height} pixels.", f"Its {sides} even.")
    return Camera(name, width, height, _parse_crop(crop, width, height), resize)


def _parse_crop(text: str | None, width: int, height: int) -> Crop:
    if text is None:
        return Crop(width, height, 0, 0)
    found = re.fullmatch(r"(\d{1,9})x(\d{1,9})\+(\d{1,9})\+(\d{1,9})", text, re.ASCII)
    if not found:
        raise InputError(f"{text!r} is no crop.", "Write WIDTHxHEIGHT+X+Y, such as 240x240+40+0.")
    crop = Crop(*map(int, found.groups()))
    if not (crop.width and crop.height and crop.x + crop.width <= width and crop.y + crop.height <= height):
        raise InputError(
            f"The crop {text} is not inside the frame of {width}x{height} pixels.",
            "Its width plus x, and its height plus y, are at most the frame's; it has at least one pixel.",
        )
    return crop


@dataclass(frozen=True)
class CameraPlan:
    """A camera before the model ``name``: every number in the generated C.

    ``values`` are the bytes of the model's input for each pixel value 0…255.
    """

    name: str
    camera: Camera
    height: int
    width: int
    channels: int
    values: bytes

    @property
    def row_bytes(self) -> int:
        """Of a row of the frame."""
        return self.camera.width * PIXEL_BYTES[self.camera.format]

    @property
    def output_row_bytes(self) -> int:
        return self.width * self.channels

    @property
    def template(self) -> str:
        return TEMPLATES.get(self.camera.format, self.camera.format)

    @property
    def bytes_to_flip(self) -> int | None:
        """Where an input byte is its pixel, exclusive-or this; None where it takes a table of ``values``."""
        flip = self.values[0]
        return flip if self.values == bytes(pixel ^ flip for pixel in range(256)) else None

    @property
    def total_weight(self) -> int:
        """What the weights of an output pixel sum to."""
        crop = self.camera.crop
        return crop.width * crop.height if self.camera.resize == "area" else 4 * self.width * self.height

    @property
    def sum_bits(self) -> int:
        """Of the unsigned integers that hold a row's sums: of whole output pixels for area, of weights across for bilinear."""
        return 16 if self.camera.resize == "bilinear" and 255 * 2 * self.width < 1 << 16 else 32

    @property
    def kept_columns(self) -> tuple[int, int]:
        """Of a Bayer frame's row, the first pixel that is kept for the rows beside it, and how many: the crop and a neighbour."""
        crop = self.camera.crop
        first = max(crop.x - 1, 0)
        return first, min(crop.x + crop.width + 1, self.camera.width) - first

    @property
    def first_red(self) -> tuple[int, int]:
        return BAYER_FORMATS[self.camera.format]

    @property
    def rows_per_push(self) -> int:
        """The most output rows that one row of the frame completes."""
        crop, frame_rows = self.camera.crop, self.camera.height
        rows = [crop.y + row for row in _completing_rows(crop.height, self.height, self.camera.resize)]
        if self.camera.format in BAYER_FORMATS:
            # A row waits for the one below it; the last two come together.
            rows = [min(row + 1, frame_rows - 1) for row in rows]
        return max(Counter(rows).values())

    @property
    def buffer_bytes(self) -> int:
        """Static memory between the rows, but for a few counters."""
        sums = (1 if self.camera.resize == "area" else 2) * self.output_row_bytes * self.sum_bits // 8
        return sums + (2 * self.kept_columns[1] if self.camera.format in BAYER_FORMATS else 0)

    def to_json(self) -> dict[str, Any]:
        """What stands in plan.json and report.json; integers are pixels, rows or bytes."""
        return {
            **asdict(self.camera),
            "output": {"height": self.height, "width": self.width, "channels": self.channels},
            "row_bytes": self.row_bytes,
            "output_row_bytes": self.output_row_bytes,
            "rows_per_push": self.rows_per_push,
            "buffer_bytes": self.buffer_bytes,
            "table_bytes": 256 if self.bytes_to_flip is None else 0,
            "values": list(self.values),
        }


def plan_camera(camera: Camera, name: str, size: tuple[int, int, int], values: np.ndarray) -> CameraPlan:
    """A camera before the model ``name`` with an image of ``size``, (height, width, channels); ``values`` int8 or uint8 [256].

    Raises InputError where area would have to enlarge, and for a model with a larger image than there are numbers for.
    """
    height, width, channels = size
    crop = camera.crop
    if max(height, width) > MAX_OUTPUT_SIDE:
        raise InputError(f"{name} takes images of {width}x{height} pixels.", f"A camera makes up to {MAX_OUTPUT_SIDE} a side.")
    if camera.resize == "area" and (crop.width < width or crop.height < height):
        raise InputError(
            f"{crop.width}x{crop.height} pixels of the camera are fewer than the {width}x{height} of {name}, and area only makes smaller.",
            "Use larger frames or a larger crop, or --resize bilinear.",
        )
    return CameraPlan(name, camera, height, width, channels, values.tobytes())


def _completing_rows(size: int, out: int, resize: str) -> list[int]:
    """For every output row, the row of the crop that completes it."""
    if resize == "area":
        return [-(-(row + 1) * size // out) - 1 for row in range(out)]
    # The row behind the centre, where it has a weight: rounded up.
    return [min(max(-(-((2 * row + 1) * size - out) // (2 * out)), 0), size - 1) for row in range(out)]
