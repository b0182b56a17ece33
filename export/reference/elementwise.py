"""ADD and MUL with broadcasting."""

from __future__ import annotations

import numpy as np

from ..fixed_point import multiply_by_quantized_multiplier, requantize
from ..graph import ElementwiseOptions, Graph, Operator
from ..requantization import Addition, addition, multiplication, output_limits


def add(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    factors = addition(first, second, output)
    a = multiply_by_quantized_multiplier((inputs[0].astype(np.int64) - first.zero_point) << Addition.LEFT_SHIFT, *factors.first)
    b = multiply_by_quantized_multiplier(
        (inputs[1].astype(np.int64) - second.zero_point) << Addition.LEFT_SHIFT, *factors.second
    )
    return _finish(graph, operator, a + b, factors.output)


def mul(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    product = (inputs[0].astype(np.int64) - first.zero_point) * (inputs[1].astype(np.int64) - second.zero_point)
    return _finish(graph, operator, product, multiplication(first, second, output))


def _finish(graph: Graph, operator: Operator, values: np.ndarray, factor: tuple[int, int]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    output = graph.output_of(operator)
    limits = output_limits(options, output)
    return requantize(values, *factor, output.zero_point, *limits)
