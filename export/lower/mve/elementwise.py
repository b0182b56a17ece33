"""ADD and MUL of operands of one shape → an_mve_add, an_mve_mul: four values at a time."""

from __future__ import annotations

from dataclasses import replace

from ...graph import ElementwiseOptions, Graph, Operator
from ...requantization import common_scale, multiplication, output_limits
from ..call import Call, Parameter
from ..dsp.elementwise import HALF


def add(graph: Graph, operator: Operator) -> Call | str:
    if _unlike(graph, operator):
        return "broadcasting, or no int8"
    factors = common_scale(graph, operator)
    operands, scales = [graph.input_of(operator, 0), graph.input_of(operator, 1)], [factors.first, factors.second]
    if scales[0] != HALF:
        operands.reverse()
        scales.reverse()
    if scales[0] != HALF or factors.output[1] == 0:
        return "no operand with a factor of one half, or an output that is not shifted"
    parameters: dict[str, Parameter] = {
        "first_zero_point": -operands[0].zero_point,
        "second_zero_point": -operands[1].zero_point,
        "second_multiplier": scales[1][0],
        "second_shift": scales[1][1],
    }
    call = _call(graph, operator, parameters, factors.output, 6)
    return call if isinstance(call, str) else replace(call, inputs=(operands[0].index, operands[1].index))


def mul(graph: Graph, operator: Operator) -> Call | str:
    if _unlike(graph, operator):
        return "broadcasting, or no int8"
    first, second = graph.input_of(operator, 0), graph.input_of(operator, 1)
    parameters: dict[str, Parameter] = {"first_zero_point": -first.zero_point, "second_zero_point": -second.zero_point}
    return _call(graph, operator, parameters, multiplication(first, second, graph.output_of(operator)), 4)


def _unlike(graph: Graph, operator: Operator) -> bool:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    return output.dtype != "int8" or first.shape != second.shape


def _call(graph: Graph, operator: Operator, parameters: dict[str, Parameter], factor: tuple[int, int], each: int) -> Call | str:
    options, output = operator.options, graph.output_of(operator)
    first, second = graph.input_of(operator, 0), graph.input_of(operator, 1)
    assert isinstance(options, ElementwiseOptions)
    if factor[1] > 0:
        return "a shift to the left"
    low, high = output_limits(options, output)
    size: dict[str, Parameter] = {"size": output.elements}
    ends: dict[str, Parameter] = {
        "output_multiplier": factor[0],
        "output_shift": factor[1],
        "output_zero_point": output.zero_point,
        "activation_min": low,
        "activation_max": high,
    }
    kernel = f"an_mve_{operator.kind.lower()}"
    return Call(
        operator, kernel, (first.index, second.index), output.index, size | parameters | ends, cost=each * output.elements + 40
    )
