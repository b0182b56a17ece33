"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR."""

from typing import Any

import tflite

from ..graph import ResizeOptions
from .flatbuffer import options_of


def resize_nearest_neighbor(operator: Any) -> ResizeOptions:
    return _options(options_of(operator, tflite.ResizeNearestNeighborOptions))


def resize_bilinear(operator: Any) -> ResizeOptions:
    return _options(options_of(operator, tflite.ResizeBilinearOptions))


def _options(options: Any) -> ResizeOptions:
    return ResizeOptions(align_corners=bool(options.AlignCorners()), half_pixel_centers=bool(options.HalfPixelCenters()))
