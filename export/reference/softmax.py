"""SOFTMAX over the last axis."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, one_over_one_plus_x, rounding_divide_by_pot, saturating_rounding_doubling_high_mul
from ..graph import Graph, Operator, SoftmaxOptions
from ..requantization import softmax_table


def softmax(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, SoftmaxOptions)
    table = softmax_table(graph.input_of(operator, 0), options.beta)
    values = inputs[0].astype(np.int64)
    below_maximum = values.max(axis=-1, keepdims=True) - values
    inside = below_maximum < table.size
    exponentials = np.where(inside, table[np.minimum(below_maximum, table.size - 1)], 0)
    # The sum has 12 integer bits, so each term gives up 12 of its 31 fractional bits.
    total = rounding_divide_by_pot(exponentials, 12).sum(axis=-1, keepdims=True)
    headroom = 32 - np.frompyfunc(int.bit_length, 1, 1)(total).astype(np.int64)
    reciprocal = one_over_one_plus_x((total << headroom) - (1 << 31))
    scaled = rounding_divide_by_pot(saturating_rounding_doubling_high_mul(reciprocal, exponentials), 12 - headroom + 31 - 8)
    return np.where(inside, np.clip(scaled - 128, INT8_MIN, INT8_MAX), INT8_MIN).astype(np.int8)
