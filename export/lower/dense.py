"""What the special kernels of all tiers take a CONV_2D for: a matrix of filters, and blocks of its rows; what it multiplies, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from ..graph import ConvolutionOptions, Graph, Operator
from ..requantization import Channels, Factors


@dataclass(frozen=True, eq=False)
class Dense:
    """A convolution without groups and dilation. ``filters`` int64 [channels, taps]; ``biases`` int64 [channels], from which what the
    input's zero point adds has been taken off."""

    filters: np.ndarray
    biases: np.ndarray
    requantization: Channels


def dense(graph: Graph, operator: Operator, factors: Factors) -> Dense | str:
    """The matrix, or why the convolution is none."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, weights = graph.input_of(operator, 0), graph.input_of(operator, 1)
    assert weights.data is not None
    channels = weights.shape[0]
    if weights.shape[3] != source.shape[3] or options.dilation != (1, 1):
        return "groups or dilation"
    filters = weights.data.astype(np.int64).reshape(channels, -1)
    biases = graph.biases_of(operator, channels, 2).astype(np.int64) - source.zero_point * filters.sum(axis=1)
    return Dense(filters, biases, factors(source, weights, graph.output_of(operator), channels))


def block_starts(channels: int, block: int) -> list[int]:
    """The first channels of blocks of ``block``, at most ``channels``; the last channels are a block as well, if some come again."""
    return [min(start, channels - block) for start in range(0, channels, block)]


def _rows_of(graph: Graph, operator: Operator) -> int | str:
    """How many rows of neighbouring values a convolution without groups and dilation multiplies by its matrix, or why it has none."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    window = graph.input_of(operator, 1).shape[1:3]
    if window == (1, 1) and options.stride == (1, 1):
        return prod(output.shape[:3])
    if window == source.shape[1:3] and output.shape[1:3] == (1, 1):
        return source.shape[0]
    return "a window that is neither one position nor the whole input"


def rows_and_matrix(graph: Graph, operator: Operator, factors: Factors) -> tuple[int, Dense] | str:
    """Rows of neighbouring values and what they are multiplied by, or why the convolution is no such product."""
    matrix = dense(graph, operator, factors)
    if isinstance(matrix, str):
        return matrix
    rows = _rows_of(graph, operator)
    return rows if isinstance(rows, str) else (rows, matrix)


def in_fours(matrix: Dense, taps: int) -> Dense:
    """Channels in whole fours and taps in whole ``taps``: what is missing is zero, and shifts by one to the right."""
    channels, depth = matrix.filters.shape
    missing = (0, -channels % 4)
    factors = matrix.requantization
    return Dense(
        np.pad(matrix.filters, (missing, (0, -depth % taps))),
        np.pad(matrix.biases, missing),
        Channels(np.pad(factors.multiplier, missing), np.pad(factors.shift, missing, constant_values=-1)),
    )
