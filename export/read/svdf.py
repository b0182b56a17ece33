"""SVDF."""

from typing import Any

import tflite

from ..graph import SvdfOptions
from .flatbuffer import options_of


def svdf(operator: Any) -> SvdfOptions:
    return SvdfOptions(options_of(operator, tflite.SVDFOptions).Rank())
