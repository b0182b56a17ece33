"""PAD, PADV2, RESHAPE and CONCATENATION. Pad widths and shapes are tensors, so only CONCATENATION has options."""

from typing import Any

import tflite

from ..graph import ConcatenationOptions
from .flatbuffer import ACTIVATION_NAMES, named, options_of


def concatenation(operator: Any) -> ConcatenationOptions:
    options = options_of(operator, tflite.ConcatenationOptions)
    return ConcatenationOptions(
        axis=options.Axis(), activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation")
    )
