"""FULLY_CONNECTED, and what convolutions are like it → an_dsp_fully_connected: four output channels of one row at a time."""

from __future__ import annotations

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import Factors, convolution_channels, output_limits
from ..call import Call, Constant
from ..dense import in_fours, rows_and_matrix
from .convolution import blocks_of_channels
from .requantization import output_parameters, outside_limits

STEP = 8
"""Taps."""
MOST_TAPS = 1 << 16
"""128 times the sum of half of as many values is made in 32 bits, shifted left by one."""


def fully_connected(graph: Graph, operator: Operator, factors: Factors = convolution_channels) -> Call | str:
    """Of a CONV_2D."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    product = rows_and_matrix(graph, operator, factors)
    if isinstance(product, str):
        return product
    rows, matrix = product
    channels, taps = matrix.filters.shape
    if taps > MOST_TAPS:
        return f"more than {MOST_TAPS} taps"
    reason = outside_limits(np.abs(matrix.biases) + 128 * np.abs(matrix.filters).sum(axis=1), matrix.requantization)
    if reason:
        return reason
    filled = in_fours(matrix, STEP)
    columns, depth = filled.filters.shape
    # In the kernel every other value is 127 smaller.
    biases = filled.biases + 127 * filled.filters[:, 1::2].sum(axis=1)
    return Call(
        operator,
        "an_dsp_fully_connected",
        (source.index,),
        operator.outputs[0],
        {"rows": rows, "input_size": taps, "output_size": channels}
        | output_parameters(output.zero_point, output_limits(options, output)),
        (_packed(filled.filters), blocks_of_channels(biases, filled.requantization)),
        rows * channels * taps,
        scratch=2 * depth,
        cost=int(rows * (columns * (0.89 * depth + 18) + 1.9 * depth + 120)),
    )


def _packed(filters: np.ndarray) -> Constant:
    """int64 [channels, taps], both in whole fours -> bytes [block of four channels, four taps, channel, tap]: taps 0 and 2 are 128 larger."""
    channels, taps = filters.shape
    larger = filters + np.tile((128, 0), taps // 2)
    blocks = larger.reshape(channels // 4, 4, taps // 4, 4).transpose(0, 2, 1, 3)
    return Constant(
        "weights",
        "block of four channels, four taps, channel, tap; taps 0 and 2 as bytes that are 128 larger",
        "int8_t",
        (blocks.reshape(-1) & 0xFF).astype(np.uint8).view(np.int8),
        4,
    )
