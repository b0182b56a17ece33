"""MEAN."""

from typing import Any

import tflite

from ..graph import ReductionOptions
from .flatbuffer import options_of


def mean(operator: Any) -> ReductionOptions:
    return ReductionOptions(keep_dims=bool(options_of(operator, tflite.ReducerOptions).KeepDims()))
