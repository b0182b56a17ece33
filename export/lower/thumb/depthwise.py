"""DEPTHWISE_CONV_2D with 3x3 taps → an_thumb_depthwise_3x3: a channel of one position at a time, from padded rows."""

from __future__ import annotations

from math import prod

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import convolution_channels, output_limits
from ..call import Call, Constant
from ..dsp.requantization import channel_constants, outside_limits
from ..window import padded_image, padded_row_bytes


def depthwise_conv_2d(graph: Graph, operator: Operator) -> Call | str:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    assert weights.data is not None
    channels = source.shape[3]
    if weights.shape != (1, 3, 3, channels) or options.dilation != (1, 1):
        return "not 3x3, a multiplier, or dilation"
    taps = weights.data.astype(np.int64).reshape(9, channels)
    # Values are 128 larger in the kernel's rows.
    biases = graph.biases_of(operator, channels, 2).astype(np.int64) - (source.zero_point + 128) * taps.sum(axis=0)
    requantization = convolution_channels(source, weights, output, channels)
    reason = outside_limits(np.abs(biases) + 255 * np.abs(taps).sum(axis=0), requantization)
    if reason:
        return reason
    low, high = output_limits(options, output)
    parameters = padded_image(graph, operator) | {
        "rounding": 2 * output.zero_point + 1,
        "activation_min": low,
        "activation_max": high,
    }
    return Call(
        operator,
        "an_thumb_depthwise_3x3",
        (source.index,),
        operator.outputs[0],
        parameters,
        (
            Constant("weights", "channel, row, column", "int8_t", taps.T.reshape(-1)),
            channel_constants(biases, requantization),
        ),
        prod(output.shape) * 9,
        scratch=3 * padded_row_bytes(parameters),
        cost=int(prod(output.shape) * 96 + source.elements * 5) + 400,
    )
