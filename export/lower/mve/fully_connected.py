"""FULLY_CONNECTED, and what convolutions are like it → an_mve_fully_connected: four output channels of one row, sixteen values at a time."""

from __future__ import annotations

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import Factors, convolution_channels, output_limits
from ..call import Call, Constant
from ..dense import in_fours, rows_and_matrix
from .convolution import LANES, blocks_of_channels, readable


def fully_connected(graph: Graph, operator: Operator, factors: Factors = convolution_channels) -> Call | str:
    """Of a CONV_2D."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    product = rows_and_matrix(graph, operator, factors)
    if isinstance(product, str):
        return product
    rows, matrix = product
    if int(matrix.requantization.shift.max()) >= 0:
        return "a shift that does not go to the right"
    channels, taps = matrix.filters.shape
    filled = in_fours(matrix, LANES)
    columns, depth = filled.filters.shape
    in_place = readable(rows, taps, depth)
    low, high = output_limits(options, output)
    return Call(
        operator,
        "an_mve_fully_connected",
        (source.index,),
        operator.outputs[0],
        {
            "rows": rows,
            "input_size": taps,
            "output_size": channels,
            "depth": depth,
            "readable": in_place,
            "output_zero_point": output.zero_point,
            "activation_min": low,
            "activation_max": high,
        },
        (_packed(filled.filters), blocks_of_channels(filled.biases, filled.requantization)),
        rows * channels * taps,
        scratch=depth,
        cost=int(rows * (columns * (0.15 * depth + 6) + 80) + (rows - in_place) * (20 + taps * 3 / LANES)),
    )


def _packed(filters: np.ndarray) -> Constant:
    """int64 [channels, taps] in whole fours and sixteens -> int8 [block of four channels, sixteen taps, channel, tap]."""
    channels, taps = filters.shape
    blocks = filters.reshape(channels // 4, 4, taps // LANES, LANES).transpose(0, 2, 1, 3)
    return Constant("weights", "block of four channels, sixteen taps, channel, tap", "int8_t", blocks.reshape(-1))
