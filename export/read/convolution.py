"""CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV."""

from dataclasses import replace
from typing import Any

import tflite

from ..graph import ConvolutionOptions
from .flatbuffer import ACTIVATION_NAMES, PADDING_NAMES, named, options_of


def conv_2d(operator: Any) -> ConvolutionOptions:
    return _options(options_of(operator, tflite.Conv2DOptions))


def depthwise_conv_2d(operator: Any) -> ConvolutionOptions:
    options = options_of(operator, tflite.DepthwiseConv2DOptions)
    return replace(_options(options), depth_multiplier=options.DepthMultiplier())


def transpose_conv(operator: Any) -> ConvolutionOptions:
    options = options_of(operator, tflite.TransposeConvOptions)
    return ConvolutionOptions(
        padding=named(PADDING_NAMES, options.Padding(), "padding"),
        stride=(options.StrideH(), options.StrideW()),
        dilation=(1, 1),
        activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"),
    )


def _options(options: Any) -> ConvolutionOptions:
    return ConvolutionOptions(
        padding=named(PADDING_NAMES, options.Padding(), "padding"),
        stride=(options.StrideH(), options.StrideW()),
        dilation=(options.DilationHFactor(), options.DilationWFactor()),
        activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation"),
    )
