"""RESIZE_NEAREST_NEIGHBOR."""

from typing import Any

import tflite

from ..graph import ResizeOptions
from .flatbuffer import options_of


def resize_nearest_neighbor(operator: Any) -> ResizeOptions:
    options = options_of(operator, tflite.ResizeNearestNeighborOptions)
    return ResizeOptions(align_corners=bool(options.AlignCorners()), half_pixel_centers=bool(options.HalfPixelCenters()))
