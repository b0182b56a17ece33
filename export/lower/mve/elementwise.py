"""ADD and MUL of operands of one shape → an_mve_add, an_mve_mul: four values at a time."""

from __future__ import annotations

from dataclasses import replace

from ...graph import ElementwiseOptions, Graph, Operator
from ...requantization import common_scale, multiplication, output_limits
from ..call import Call, Parameter
from ..dsp.elementwise import HALF, is_short
from ..dsp.requantization import LARGEST_SHIFT


def add(graph: Graph, operator: Operator) -> Call | str:
    if _unlike(graph, operator):
        return "broadcasting, or no int8"
    factors = common_scale(graph, operator)
    operands, scales = [graph.input_of(operator, 0), graph.input_of(operator, 1)], [factors.first, factors.second]
    if scales[0] != HALF:
        operands.reverse()
        scales.reverse()
    multiplier, shift = scales[1]
    # Of equal scales, both factors are one half: the kernel shifts by one, what is twice as large.
    scale = 1 << (21 if shift == 0 else 20)
    shift = min(shift, -1)
    if scales[0] != HALF or not is_short(shift):
        return "no operand with a factor of one half, or scales too far apart"
    parameters: dict[str, Parameter] = {
        "first_offset": -operands[0].zero_point << 19,
        "second_scale": scale,
        "second_offset": -operands[1].zero_point * scale,
        "second_multiplier": multiplier,
        "second_shift": shift,
    }
    call = _call(graph, operator, parameters, factors.output, 17 / 4)
    return call if isinstance(call, str) else replace(call, inputs=(operands[0].index, operands[1].index))


def mul(graph: Graph, operator: Operator) -> Call | str:
    if _unlike(graph, operator):
        return "broadcasting, or no int8"
    first, second = graph.input_of(operator, 0), graph.input_of(operator, 1)
    parameters: dict[str, Parameter] = {"first_zero_point": -first.zero_point, "second_zero_point": -second.zero_point}
    return _call(graph, operator, parameters, multiplication(first, second, graph.output_of(operator)), 13 / 4)


def _unlike(graph: Graph, operator: Operator) -> bool:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    return output.dtype != "int8" or first.shape != second.shape


def _call(
    graph: Graph, operator: Operator, parameters: dict[str, Parameter], factor: tuple[int, int], each: float
) -> Call | str:
    options, output = operator.options, graph.output_of(operator)
    first, second = graph.input_of(operator, 0), graph.input_of(operator, 1)
    assert isinstance(options, ElementwiseOptions)
    if not is_short(factor[1]):
        return f"the output's shift to the right is not between 1 and {LARGEST_SHIFT}"
    low, high = output_limits(options, output)
    size: dict[str, Parameter] = {"size": output.elements}
    ends: dict[str, Parameter] = {
        "output_multiplier": factor[0],
        "output_shift": factor[1],
        "output_offset": output.zero_point * (1 << -factor[1]),
        "activation_min": low,
        "activation_max": high,
    }
    kernel = f"an_mve_{operator.kind.lower()}"
    return Call(
        operator,
        kernel,
        (first.index, second.index),
        output.index,
        size | parameters | ends,
        cost=int(each * output.elements) + 40,
    )
