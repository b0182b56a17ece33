"""STRIDED_SLICE, UNPACK and GATHER. The positions of SLICE, SPLIT and SPLIT_V are tensors, not options."""

from typing import Any

import tflite

from ..graph import GatherOptions, StackOptions, StridedSliceOptions
from .flatbuffer import options_of


def strided_slice(operator: Any) -> StridedSliceOptions:
    options = options_of(operator, tflite.StridedSliceOptions)
    return StridedSliceOptions(
        begin_mask=options.BeginMask(),
        end_mask=options.EndMask(),
        ellipsis_mask=options.EllipsisMask(),
        new_axis_mask=options.NewAxisMask(),
        shrink_axis_mask=options.ShrinkAxisMask(),
        end_is_size=bool(options.Offset()),
    )


def unpack(operator: Any) -> StackOptions:
    options = options_of(operator, tflite.UnpackOptions)
    return StackOptions(axis=options.Axis(), count=options.Num())


def gather(operator: Any) -> GatherOptions:
    options = options_of(operator, tflite.GatherOptions)
    return GatherOptions(axis=options.Axis(), batch_axes=options.BatchDims())
