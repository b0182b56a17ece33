"""MEAN, SUM, REDUCE_MAX and REDUCE_MIN. The axes are a tensor."""

from typing import Any

import tflite

from ..graph import ReductionOptions
from .flatbuffer import options_of


def reduction(operator: Any) -> ReductionOptions:
    return ReductionOptions(keep_dims=bool(options_of(operator, tflite.ReducerOptions).KeepDims()))
