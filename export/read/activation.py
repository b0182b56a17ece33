"""LEAKY_RELU."""

from typing import Any

import tflite

from ..graph import LeakyReluOptions
from .flatbuffer import options_of


def leaky_relu(operator: Any) -> LeakyReluOptions:
    return LeakyReluOptions(alpha=float(options_of(operator, tflite.LeakyReluOptions).Alpha()))
