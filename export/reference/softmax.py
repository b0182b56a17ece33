"""SOFTMAX and LOG_SOFTMAX over the last axis."""

from __future__ import annotations

import numpy as np

from ..fixed_point import (
    INT8_MAX,
    INT8_MIN,
    INT32_MIN,
    log,
    multiply_by_quantized_multiplier,
    one_over_one_plus_x,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)
from ..graph import Graph, Operator, SoftmaxOptions
from ..requantization import log_softmax_inverse, softmax_differences, softmax_table


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


def log_softmax(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    source = graph.input_of(operator, 0)
    table, differences = softmax_table(source, 1.0), softmax_differences(source, 1.0)
    values = inputs[0].astype(np.int64)
    below_maximum = values.max(axis=-1, keepdims=True) - values
    inside = below_maximum < table.size
    position = np.minimum(below_maximum, table.size - 1)
    log_sum = log(np.where(inside, rounding_divide_by_pot(table[position], 12), 0).sum(axis=-1, keepdims=True))
    # Further below, the difference of the logarithms would leave 32 bits.
    limit = -multiply_by_quantized_multiplier(log_sum + INT32_MIN, *log_softmax_inverse(source))
    result = rounding_divide_by_pot(differences[position] - log_sum, 22) + INT8_MAX
    return np.where(inside & (below_maximum < limit), np.clip(result, INT8_MIN, INT8_MAX), INT8_MIN).astype(np.int8)
