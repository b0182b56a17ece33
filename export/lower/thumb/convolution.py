"""CONV_2D → an_thumb_conv_2d: eight output channels of one position at a time."""

from __future__ import annotations

from math import prod

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import Factors, convolution_channels, output_limits
from ..call import Call, Constant, Parameter
from ..dense import block_starts, dense
from ..dsp.requantization import channel_constants, outside_limits
from ..window import geometry

BLOCK = 8
MOST_TAPS = 1024
"""Their sum is made in 16 bits."""


def conv_2d(graph: Graph, operator: Operator, factors: Factors = convolution_channels) -> Call | str:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    channels, height, width, input_channels = weights.shape
    matrix = dense(graph, operator, factors)
    if isinstance(matrix, str):
        return matrix
    filters, biases, requantization = matrix.filters, matrix.biases, matrix.requantization
    if channels < BLOCK:
        return "fewer than eight output channels"
    taps, positions = filters.shape[1], prod(output.shape[:3])
    if taps > MOST_TAPS:
        return f"more than {MOST_TAPS} taps"
    # Values are 128 larger in the kernel.
    biases = biases - 128 * filters.sum(axis=1)
    reason = outside_limits(np.abs(biases) + 255 * np.abs(filters).sum(axis=1), requantization)
    if reason:
        return reason
    depth, blocks = -(-taps // 4) * 4, -(-channels // BLOCK)
    low, high = output_limits(options, output)
    parameters: dict[str, Parameter] = geometry(graph, operator, width * input_channels) | {
        "output_channels": channels,
        "depth": depth,
        "rounding": 2 * output.zero_point + 1,
        "activation_min": low,
        "activation_max": high,
    }
    return Call(
        operator,
        "an_thumb_conv_2d",
        (source.index,),
        operator.outputs[0],
        parameters,
        (
            _packed(filters, depth),
            channel_constants(biases, requantization),
        ),
        positions * channels * taps,
        scratch=4 * BLOCK * blocks + depth,
        cost=int(positions * (blocks * BLOCK * (3.4 * depth + 45) + depth * (3 if height == 1 else 6) + 60)),
    )


def _packed(filters: np.ndarray, depth: int) -> Constant:
    """int64 [channels, taps], at least eight channels -> bytes [block of eight channels, tap, channel], each 128 larger."""
    channels, taps = filters.shape
    padded = np.zeros((channels, depth), np.int64)
    padded[:, :taps] = filters
    starts = block_starts(channels, BLOCK)
    blocks = np.stack([padded[start : start + BLOCK].T for start in starts])
    values = (blocks + 128).astype(np.uint8).view(np.int8)
    return Constant("weights", "block of eight channels, tap, channel; 128 larger, as bytes", "int8_t", values.reshape(-1))
