"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from typing import Any

import tflite

from ..graph import PoolingOptions
from .flatbuffer import ACTIVATION_NAMES, PADDING_NAMES, named, options_of


def pool_2d(operator: Any) -> PoolingOptions:
    options = options_of(operator, tflite.Pool2DOptions)
    return PoolingOptions(
        padding=named(PADDING_NAMES, options.Padding(), "padding"),
        stride=(options.StrideH(), options.StrideW()),
        window=(options.FilterHeight(), options.FilterWidth()),
        activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"),
    )
