"""Operators of two operands with broadcasting → an_add, an_mul … over at most four axes."""

from __future__ import annotations

from ..geometry import broadcast
from ..graph import ElementwiseOptions, Graph, Operator
from ..requantization import common_scale, multiplication, output_limits, prelu_factors
from .call import Call, Parameter


def in_common_scale(graph: Graph, operator: Operator) -> list[Call]:
    """ADD, SUB and SQUARED_DIFFERENCE."""
    factors = common_scale(graph, operator)
    parameters: dict[str, Parameter] = {
        "first_multiplier": factors.first[0],
        "first_shift": factors.first[1],
        "second_multiplier": factors.second[0],
        "second_shift": factors.second[1],
        "left_shift": factors.left_shift,
    }
    return _call(graph, operator, parameters | _zero_points(graph, operator) | _requantization(graph, operator, factors.output))


def mul(graph: Graph, operator: Operator) -> list[Call]:
    factor = multiplication(graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator))
    return _call(graph, operator, _zero_points(graph, operator) | _requantization(graph, operator, factor))


def prelu(graph: Graph, operator: Operator) -> list[Call]:
    identity, sloped = prelu_factors(graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator))
    parameters: dict[str, Parameter] = {
        "identity_multiplier": identity[0],
        "identity_shift": identity[1],
        "alpha_multiplier": sloped[0],
        "alpha_shift": sloped[1],
    }
    return _call(graph, operator, _zero_points(graph, operator) | parameters)


def minimum_maximum(graph: Graph, operator: Operator) -> list[Call]:
    return _call(graph, operator, {})


def _zero_points(graph: Graph, operator: Operator) -> dict[str, Parameter]:
    return {
        "first_zero_point": graph.input_of(operator, 0).zero_point,
        "second_zero_point": graph.input_of(operator, 1).zero_point,
        "output_zero_point": graph.output_of(operator).zero_point,
    }


def _requantization(graph: Graph, operator: Operator, factor: tuple[int, int]) -> dict[str, Parameter]:
    options, output = operator.options, graph.output_of(operator)
    assert isinstance(options, ElementwiseOptions)
    low, high = output_limits(options, output)
    return {
        "output_multiplier": factor[0],
        "output_shift": factor[1],
        "activation_min": low,
        "activation_max": high,
    }


def _call(graph: Graph, operator: Operator, parameters: dict[str, Parameter]) -> list[Call]:
    """Every operator of this family has one kernel, which bears its name."""
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    walk = broadcast(first.shape, second.shape)
    sizes: dict[str, Parameter] = {"sizes": walk.sizes, "first_steps": walk.first, "second_steps": walk.second}
    kernel, cost = f"an_{operator.kind.lower()}", 100 * output.elements
    return [Call(operator, kernel, (first.index, second.index), output.index, sizes | parameters, cost=cost)]
