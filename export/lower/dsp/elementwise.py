"""ADD and MUL of operands of one shape → an_dsp_add, an_dsp_mul: four values at a time."""

from __future__ import annotations

from ...graph import ElementwiseOptions, Graph, Operator
from ...requantization import common_scale, multiplication, output_limits
from ..call import Call, Parameter
from .requantization import LARGEST_SHIFT, output_parameters

HALF = (1 << 30, 0)
"""The factor one half as multiplier and shift: that of the operand with the larger scale."""


def add(graph: Graph, operator: Operator) -> Call | str:
    reason = _unlike(graph, operator)
    if reason:
        return reason
    factors = common_scale(graph, operator)
    operands, scales = [graph.input_of(operator, 0), graph.input_of(operator, 1)], [factors.first, factors.second]
    if scales[0] != HALF:
        operands.reverse()
        scales.reverse()
    multiplier, shift = scales[1]
    if scales[0] != HALF or not is_short(shift):
        return "equal scales, or scales too far apart"
    if not is_short(factors.output[1]):
        return f"the output's shift to the right is not between 1 and {LARGEST_SHIFT}"
    parameters: dict[str, Parameter] = {
        "second_zero_point": -operands[1].zero_point,
        "second_multiplier": multiplier,
        "second_rounding": 1 << (-shift - 1),
        "second_shift": -shift,
        "first_zero_point": -operands[0].zero_point,
    }
    parameters |= _output(graph, operator, factors.output)
    size = parameters["size"]
    assert isinstance(size, int)
    inputs = (operands[0].index, operands[1].index)
    return Call(operator, "an_dsp_add", inputs, operator.outputs[0], parameters, cost=17 * size)


def mul(graph: Graph, operator: Operator) -> Call | str:
    reason = _unlike(graph, operator)
    if reason:
        return reason
    first, second = graph.input_of(operator, 0), graph.input_of(operator, 1)
    factor = multiplication(first, second, graph.output_of(operator))
    if not is_short(factor[1]):
        return f"the output's shift to the right is not between 1 and {LARGEST_SHIFT}"
    parameters: dict[str, Parameter] = {
        "first_zero_point": (-first.zero_point & 0xFFFF) * 0x10001,
        "second_zero_point": (-second.zero_point & 0xFFFF) * 0x10001,
    }
    parameters |= _output(graph, operator, factor)
    size = parameters["size"]
    assert isinstance(size, int)
    return Call(operator, "an_dsp_mul", (first.index, second.index), operator.outputs[0], parameters, cost=10 * size)


def _unlike(graph: Graph, operator: Operator) -> str:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    if output.dtype != "int8" or first.shape != second.shape:
        return "broadcasting, or no int8"
    return "fewer than four values" if output.elements < 4 else ""


def is_short(shift: int) -> bool:
    """Whether the short requantization can shift so: to the right, by at least one."""
    return -LARGEST_SHIFT <= shift <= -1


def _output(graph: Graph, operator: Operator, factor: tuple[int, int]) -> dict[str, Parameter]:
    options, output = operator.options, graph.output_of(operator)
    assert isinstance(options, ElementwiseOptions)
    multiplier, shift = factor
    limits = output_parameters(output.zero_point, output_limits(options, output))
    rounding = limits.pop("rounding")
    assert isinstance(rounding, int)
    parameters: dict[str, Parameter] = {
        "size": output.elements,
        "output_multiplier": multiplier,
        "output_rounding": rounding * (1 << (-shift - 1)),
        "output_shift": -shift - 1,
    }
    return parameters | limits
