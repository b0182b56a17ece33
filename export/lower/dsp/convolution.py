"""CONV_2D → an_dsp_conv_2d: four output channels by two positions of a matrix product, over a tile of positions."""

from __future__ import annotations

from math import prod

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import Channels, Factors, convolution_channels, output_limits
from ..call import Call, Constant, Tile
from ..dense import block_starts, dense
from ..window import geometry
from .requantization import kernel_shifts, output_parameters, outside_limits

MOST_POSITIONS = 64
"""Of a tile; what more would save is below one percent."""


def conv_2d(graph: Graph, operator: Operator, factors: Factors = convolution_channels) -> Call | str:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    channels, height, width, input_channels = weights.shape
    matrix = dense(graph, operator, factors)
    if isinstance(matrix, str):
        return matrix
    filters, biases, requantization = matrix.filters, matrix.biases, matrix.requantization
    if channels < 4:
        return "fewer than four output channels"
    reason = outside_limits(np.abs(biases) + 128 * np.abs(filters).sum(axis=1), requantization)
    if reason:
        return reason

    positions, fours = prod(output.shape[:3]), -(-width * input_channels // 4)
    depth = height * fours * 4
    parameters = geometry(graph, operator, 4 * fours) | {
        "output_channels": channels,
        "pointwise": int((height, width, *options.stride) == (1, 1, 1, 1) and input_channels % 4 == 0),
        "fours": fours,
        "depth": depth,
        "tile": 2,
    }
    parameters |= output_parameters(output.zero_point, output_limits(options, output))
    gathered = 2 * depth if input_channels % 4 else 0
    widening = int(0.8 * -(-channels // 4) * 4 * depth) + 60
    tile = Tile(2, max(2, min(MOST_POSITIONS, positions // 2 * 2)), 2 * depth, positions, widening)
    return Call(
        operator,
        "an_dsp_conv_2d",
        (source.index,),
        operator.outputs[0],
        parameters,
        (
            packed_filters(filters.reshape(channels, height, -1), 4 * fours),
            blocks_of_channels(biases, requantization),
        ),
        positions * channels * filters.shape[1],
        scratch=8 * depth + -(-input_channels // 4) * 4 + gathered,
        cost=_cost(positions, channels, depth),
        tile=tile,
    )


def blocks_of_channels(biases: np.ndarray, requantization: Channels) -> Constant:
    """Biases of four channels, then their multipliers and shifts."""
    factors = np.stack([requantization.multiplier, kernel_shifts(requantization)], axis=1)
    blocks = [np.concatenate([biases[i : i + 4], factors[i : i + 4].reshape(-1)]) for i in block_starts(len(biases), 4)]
    return Constant("channels", "block of four channels: biases, then multiplier, shift", "int32_t", np.concatenate(blocks))


def packed_filters(filters: np.ndarray, row: int) -> Constant:
    """int64 [channels, rows, taps], at least four channels -> int8 in the order of an_dsp_widen, rows filled up to ``row`` taps."""
    channels, rows, taps = filters.shape
    padded = np.zeros((channels, rows, row), np.int64)
    padded[:, :, :taps] = filters
    starts, depth = block_starts(channels, 4), rows * row
    blocks = np.stack([padded[start : start + 4] for start in starts])
    # [block, pair of channels, channel, four taps, half of the taps, tap] -> taps 0 and 2 of both channels of a pair, then 1 and 3
    pairs = blocks.reshape(len(starts), 2, 2, depth // 4, 2, 2)
    ordered = pairs.transpose(0, 3, 5, 1, 4, 2)
    return Constant(
        "weights", "block of four channels, four taps; as an_dsp_widen reads them", "int8_t", ordered.reshape(-1), 4
    )


def _cost(positions: int, channels: int, depth: int) -> int:
    """Instructions, roughly: products, requantization, interleaving."""
    columns = -(-channels // 4) * 4 * (positions + positions % 2)
    return int(columns * (0.71 * depth + 9) + positions * (depth + 40)) + 200
