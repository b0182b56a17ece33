"""ADD and MUL."""

from typing import Any

import tflite

from ..graph import ElementwiseOptions
from .flatbuffer import ACTIVATION_NAMES, named, options_of


def add(operator: Any) -> ElementwiseOptions:
    return _options(options_of(operator, tflite.AddOptions))


def mul(operator: Any) -> ElementwiseOptions:
    return _options(options_of(operator, tflite.MulOptions))


def _options(options: Any) -> ElementwiseOptions:
    return ElementwiseOptions(activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"))
