"""SVDF."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, multiply_by_quantized_multiplier, quantize_multiplier, requantize, wrap_int32
from ..graph import Graph, Operator, SvdfOptions, item_type
from ..requantization import svdf_factors


def svdf(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The output [batch, units] and the new state [batch, filters * memory]: every filter forgets its oldest value and takes in a new one."""
    options = operator.options
    assert isinstance(options, SvdfOptions)
    source, state, output = graph.input_of(operator, 0), graph.input_of(operator, 4), graph.output_of(operator)
    factors = svdf_factors(source, graph.input_of(operator, 1), graph.input_of(operator, 2), state, output)
    feature_factor, output_factor = (quantize_multiplier(factor) for factor in factors)
    features, times, biases = (values.astype(np.int64) for values in inputs[1:4])
    filters, memory = times.shape
    sums = (inputs[0].astype(np.int64) - source.zero_point) @ features.T
    limits = np.iinfo(item_type(state.dtype))
    newest = multiply_by_quantized_multiplier(sums, *feature_factor)
    newest = np.clip(newest, limits.min, limits.max).astype(state.dtype)
    kept = inputs[4].reshape(-1, filters, memory)[:, :, 1:]
    states = np.concatenate([kept, newest[:, :, None]], axis=2)
    # The sum wraps, as the reference's does on every processor there is.
    filtered = (states.astype(np.int64) * times).sum(axis=2)
    totals = wrap_int32(filtered.reshape(len(filtered), -1, options.rank).sum(axis=2) + biases.reshape(-1))
    result = requantize(totals, *output_factor, output.zero_point, INT8_MIN, INT8_MAX)
    return result.reshape(output.shape), states.reshape(state.shape)
