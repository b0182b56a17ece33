"""FULLY_CONNECTED."""

from typing import Any

import tflite

from ..graph import FullyConnectedOptions
from .flatbuffer import ACTIVATION_NAMES, enumeration_names, named, options_of

WEIGHTS_FORMATS = enumeration_names(tflite.FullyConnectedOptionsWeightsFormat)


def fully_connected(operator: Any) -> FullyConnectedOptions:
    options = options_of(operator, tflite.FullyConnectedOptions)
    return FullyConnectedOptions(
        activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"),
        weights_format=named(WEIGHTS_FORMATS, options.WeightsFormat(), "weights format"),
    )
