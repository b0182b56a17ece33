"""DEPTHWISE_CONV_2D with 3x3 taps → an_mve_depthwise_3x3: sixteen channels of one position at a time."""

from __future__ import annotations

from math import prod

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import convolution_channels, output_limits
from ..call import Call, Constant
from ..dense import block_starts
from ..window import padded_image, padded_row_bytes

LANES = 16
# Products of bytes are widened from 16 to 32 bits: first the even lanes of the even channels, and so on.
ORDER = (0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15)


def depthwise_conv_2d(graph: Graph, operator: Operator) -> Call | str:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    assert weights.data is not None
    channels = source.shape[3]
    if weights.shape != (1, 3, 3, channels) or options.dilation != (1, 1):
        return "not 3x3, a multiplier, or dilation"
    if channels < LANES:
        return "fewer than sixteen channels"
    taps = weights.data.astype(np.int64).reshape(9, channels)
    if ((taps[:-1] == -128) & (taps[1:] == -128)).any():
        return "two weights that follow each other are both -128"
    requantization = convolution_channels(source, weights, output, channels)
    if int(requantization.shift.max()) >= 0:
        return "a shift that does not go to the right"
    biases = graph.biases_of(operator, channels, 2).astype(np.int64) - source.zero_point * taps.sum(axis=0)
    low, high = output_limits(options, output)
    parameters = padded_image(graph, operator) | {
        "output_zero_point": output.zero_point,
        "activation_min": low,
        "activation_max": high,
    }
    starts = block_starts(channels, LANES)
    values = (biases.astype(np.int32), requantization.multiplier, requantization.shift)
    groups = [
        np.concatenate([value[start + np.array(ORDER[four : four + 4])] for value in values])
        for start in starts
        for four in range(0, LANES, 4)
    ]
    constants = (
        Constant(
            "weights",
            "sixteen channels, tap, channel",
            "int8_t",
            np.concatenate([taps[:, i : i + LANES].reshape(-1) for i in starts]),
        ),
        Constant("channels", "four channels of sixteen: biases, multipliers, shifts", "int32_t", np.concatenate(groups)),
    )
    outputs = prod(output.shape[:3]) * len(starts) * LANES
    return Call(
        operator,
        "an_mve_depthwise_3x3",
        (source.index,),
        operator.outputs[0],
        parameters,
        constants,
        prod(output.shape) * 9,
        scratch=3 * padded_row_bytes(parameters),
        cost=int(outputs * 9.5 + source.elements * 0.2 + 100 * output.shape[1]),
    )
