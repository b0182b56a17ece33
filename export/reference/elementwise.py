"""Operators of two operands with broadcasting."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, activation_range, multiply_by_quantized_multiplier, requantize
from ..graph import ElementwiseOptions, Graph, Operator
from ..requantization import CommonScale, common_scale, multiplication, prelu_factors


def add(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    first, second, factors = _in_common_scale(graph, operator, inputs)
    return _finish(graph, operator, first + second, factors.output)


def sub(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    first, second, factors = _in_common_scale(graph, operator, inputs)
    return _finish(graph, operator, first - second, factors.output)


def squared_difference(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    first, second, factors = _in_common_scale(graph, operator, inputs)
    return _finish(graph, operator, (first - second) ** 2, factors.output)


def mul(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    first, second = _centered(graph, operator, inputs)
    factor = multiplication(graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator))
    return _finish(graph, operator, first * second, factor)


def prelu(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    values, alpha = _centered(graph, operator, inputs)
    output = graph.output_of(operator)
    identity, sloped = prelu_factors(graph.input_of(operator, 0), graph.input_of(operator, 1), output)
    limits = output.zero_point, INT8_MIN, INT8_MAX
    return np.where(values >= 0, requantize(values, *identity, *limits), requantize(values * alpha, *sloped, *limits))


def minimum(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.minimum(*inputs)


def maximum(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.maximum(*inputs)


def _centered(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    first, second = (inputs[i].astype(np.int64) - graph.input_of(operator, i).zero_point for i in range(2))
    return first, second


def _in_common_scale(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, CommonScale]:
    first, second = _centered(graph, operator, inputs)
    factors = common_scale(graph, operator)
    return (
        multiply_by_quantized_multiplier(first << factors.left_shift, *factors.first),
        multiply_by_quantized_multiplier(second << factors.left_shift, *factors.second),
        factors,
    )


def _finish(graph: Graph, operator: Operator, values: np.ndarray, factor: tuple[int, int]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    output = graph.output_of(operator)
    limits = activation_range(options.activation, output.scale, output.zero_point)
    return requantize(values, *factor, output.zero_point, *limits)
