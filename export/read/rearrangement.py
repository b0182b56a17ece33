"""SPACE_TO_DEPTH and DEPTH_TO_SPACE. The other rearrangements take their parameters as tensors, not options."""

from typing import Any

import tflite

from ..graph import BlockOptions
from .flatbuffer import options_of


def space_to_depth(operator: Any) -> BlockOptions:
    return BlockOptions(size=options_of(operator, tflite.SpaceToDepthOptions).BlockSize())


def depth_to_space(operator: Any) -> BlockOptions:
    return BlockOptions(size=options_of(operator, tflite.DepthToSpaceOptions).BlockSize())
