"""ADD, SUB, MUL, DIV, SQUARED_DIFFERENCE, PRELU, MINIMUM and MAXIMUM."""

from typing import Any

import tflite

from ..graph import ElementwiseOptions
from .flatbuffer import ACTIVATION_NAMES, named, options_of


def add(operator: Any) -> ElementwiseOptions:
    return _options(options_of(operator, tflite.AddOptions))


def sub(operator: Any) -> ElementwiseOptions:
    return _options(options_of(operator, tflite.SubOptions))


def mul(operator: Any) -> ElementwiseOptions:
    return _options(options_of(operator, tflite.MulOptions))


def div(operator: Any) -> ElementwiseOptions:
    return _options(options_of(operator, tflite.DivOptions))


def unfused(_: Any) -> ElementwiseOptions:
    """Operators that have no fused activation in the schema."""
    return ElementwiseOptions(activation="NONE")


def _options(options: Any) -> ElementwiseOptions:
    return ElementwiseOptions(activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"))
