"""CONV_2D → an_mve_conv_2d: two output channels by three positions of a matrix product, sixteen values at a time."""

from __future__ import annotations

from math import prod

import numpy as np

from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import Channels, Factors, convolution_channels, output_limits
from ..call import Call, Constant, Parameter
from ..dense import block_starts, dense
from ..window import geometry

LANES = 16


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
    if int(requantization.shift.max()) >= 0:
        return "a shift that does not go to the right"
    taps, positions = filters.shape[1], prod(output.shape[:3])
    depth = -(-taps // LANES) * LANES
    low, high = output_limits(options, output)
    # Several rows of taps are copied; a single one is read where it is, in whole vectors.
    parameters: dict[str, Parameter] = geometry(graph, operator, depth if height == 1 else width * input_channels) | {
        "output_channels": channels,
        "depth": depth,
        "readable": readable(positions, input_channels, depth) if (height, width, *options.stride) == (1, 1, 1, 1) else 0,
        "output_zero_point": output.zero_point,
        "activation_min": low,
        "activation_max": high,
    }
    return Call(
        operator,
        "an_mve_conv_2d",
        (source.index,),
        operator.outputs[0],
        parameters,
        (_packed(filters, depth), blocks_of_channels(biases, requantization)),
        positions * channels * taps,
        scratch=3 * depth,
        cost=int(-(-positions // 3) * 3 * (channels * (depth / 8 + 6) + 60 + (height > 1) * (10 * height + taps * 3 / LANES))),
    )


def readable(positions: int, channels: int, depth: int) -> int:
    """Positions behind whose beginning there are ``depth`` bytes of the input."""
    return max(0, (positions * channels - depth) // channels + 1)


def blocks_of_channels(biases: np.ndarray, requantization: Channels) -> Constant:
    values = (biases.astype(np.int32), requantization.multiplier, requantization.shift)
    blocks = [np.concatenate([value[i : i + 4] for value in values]) for i in block_starts(len(biases), 4)]
    return Constant("channels", "block of four channels: biases, multipliers, shifts", "int32_t", np.concatenate(blocks))


def _packed(filters: np.ndarray, depth: int) -> Constant:
    """int64 [channels, taps], at least four channels -> int8: pairs of channels by turns, sixteen taps each."""
    channels, taps = filters.shape
    padded = np.zeros((channels, depth), np.int64)
    padded[:, :taps] = filters
    blocks = np.stack([padded[start : start + 4] for start in block_starts(channels, 4)])
    pairs = blocks.reshape(-1, 2, depth // LANES, LANES).transpose(0, 2, 1, 3)
    return Constant("weights", "pair of channels, sixteen taps, channel, tap", "int8_t", pairs.reshape(-1))
