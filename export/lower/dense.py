"""What the special kernels of all tiers take a CONV_2D for: a matrix of filters, and blocks of its rows."""

from __future__ import annotations

from dataclasses import dataclass

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
