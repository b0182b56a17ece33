"""SVDF."""

from typing import Any

import tflite

from ..graph import SvdfOptions
from .flatbuffer import ACTIVATION_NAMES, named, options_of


def svdf(operator: Any) -> SvdfOptions:
    options = options_of(operator, tflite.SVDFOptions)
    return SvdfOptions(options.Rank(), named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"))
