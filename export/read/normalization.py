"""L2_NORMALIZATION over the last axis."""

from typing import Any

import tflite

from ..graph import ElementwiseOptions
from .flatbuffer import ACTIVATION_NAMES, named, options_of


def l2_normalization(operator: Any) -> ElementwiseOptions:
    options = options_of(operator, tflite.L2NormOptions)
    return ElementwiseOptions(activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"))
