"""MEAN, SUM, REDUCE_MAX, REDUCE_MIN and CUMSUM. The axes are a tensor."""

from typing import Any

import tflite

from ..graph import CumsumOptions, ReductionOptions
from .flatbuffer import options_of


def reduction(operator: Any) -> ReductionOptions:
    return ReductionOptions(keep_dims=bool(options_of(operator, tflite.ReducerOptions).KeepDims()))


def cumsum(operator: Any) -> CumsumOptions:
    options = options_of(operator, tflite.CumsumOptions)
    return CumsumOptions(exclusive=bool(options.Exclusive()), reverse=bool(options.Reverse()))
