"""MEAN, SUM, REDUCE_MAX and REDUCE_MIN over any axes; ARG_MAX, ARG_MIN and CUMSUM over one."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, quantize_multiplier, requantize
from ..geometry import normalized_axes
from ..graph import CumsumOptions, Graph, Operator, Tensor, item_type
from ..requantization import CUMSUM_SHIFT, cumsum_factor
from ..requantization import total as total_factor


def total(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """MEAN and SUM: one requantized sum per output value."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    count = source.elements // output.elements
    sums = inputs[0].astype(np.int64).sum(axis=_axes(inputs)) - count * source.zero_point
    factor = total_factor(operator.kind, source, output, count)
    return requantize(sums, *factor, output.zero_point, INT8_MIN, INT8_MAX).reshape(output.shape)


def extreme(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    reduce = np.max if operator.kind == "REDUCE_MAX" else np.min
    return reduce(inputs[0], axis=_axes(inputs)).reshape(graph.output_of(operator).shape)


def arg_extreme(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """The first position of the largest or smallest value along the axis."""
    find = np.argmax if operator.kind == "ARG_MAX" else np.argmin
    output = graph.output_of(operator)
    return np.asarray(find(inputs[0], axis=_axes(inputs)[0])).astype(item_type(output.dtype)).reshape(output.shape)


def cumsum(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Every sum starts one zero point too low, as the reference's do."""
    source, output, options = graph.input_of(operator, 0), graph.output_of(operator), operator.options
    assert isinstance(options, CumsumOptions)
    (axis,) = _axes(inputs)
    values = inputs[0].astype(np.int64) - source.zero_point
    values = np.flip(values, axis) if options.reverse else values
    sums = np.cumsum(values, axis) - (values if options.exclusive else 0) - source.zero_point
    sums = np.flip(sums, axis) if options.reverse else sums
    return _from_sums(sums, source, output)


def add_n(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    source = graph.input_of(operator, 0)
    sums = np.sum([values.astype(np.int64) - source.zero_point for values in inputs], axis=0) - source.zero_point
    return _from_sums(sums, source, graph.output_of(operator))


def _from_sums(sums: np.ndarray, source: Tensor, output: Tensor) -> np.ndarray:
    factor = quantize_multiplier(cumsum_factor(source, output))
    return requantize(sums << CUMSUM_SHIFT, *factor, output.zero_point, INT8_MIN, INT8_MAX)


def _axes(inputs: list[np.ndarray]) -> tuple[int, ...]:
    return normalized_axes(inputs[1].reshape(-1).tolist(), inputs[0].ndim)
