"""SOFTMAX."""

from typing import Any

import tflite

from ..graph import SoftmaxOptions
from .flatbuffer import options_of


def softmax(operator: Any) -> SoftmaxOptions:
    return SoftmaxOptions(beta=float(options_of(operator, tflite.SoftmaxOptions).Beta()))
