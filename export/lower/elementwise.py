"""ADD and MUL with broadcasting → an_add, an_mul."""

from __future__ import annotations

from ..geometry import broadcast
from ..graph import ElementwiseOptions, Graph, Operator
from ..requantization import Addition, addition, multiplication, output_limits
from .call import Call, Parameter


def add(graph: Graph, operator: Operator) -> list[Call]:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    factors = addition(first, second, output)
    return _call(
        graph,
        operator,
        "an_add",
        {
            "first_multiplier": factors.first[0],
            "first_shift": factors.first[1],
            "second_multiplier": factors.second[0],
            "second_shift": factors.second[1],
            "left_shift": Addition.LEFT_SHIFT,
        },
        factors.output,
    )


def mul(graph: Graph, operator: Operator) -> list[Call]:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    return _call(graph, operator, "an_mul", {}, multiplication(first, second, output))


def _call(
    graph: Graph, operator: Operator, kernel: str, parameters: dict[str, Parameter], output_factor: tuple[int, int]
) -> list[Call]:
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    walk = broadcast(first.shape, second.shape)
    low, high = output_limits(options, output)
    parameters |= {
        "sizes": walk.sizes,
        "first_steps": walk.first,
        "second_steps": walk.second,
        "first_zero_point": first.zero_point,
        "second_zero_point": second.zero_point,
        "output_zero_point": output.zero_point,
        "output_multiplier": output_factor[0],
        "output_shift": output_factor[1],
        "activation_min": low,
        "activation_max": high,
    }
    return [Call(operator, kernel, (first.index, second.index), output.index, parameters)]
