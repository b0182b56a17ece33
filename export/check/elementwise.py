"""ADD and MUL with broadcasting."""

from __future__ import annotations

from ..geometry import broadcast_axes, broadcast_shape
from ..graph import ElementwiseOptions, Graph, Operator
from . import rules


def add(graph: Graph, operator: Operator) -> None:
    _operands(graph, operator)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    twice = 2 * max(float(first.scale), float(second.scale))
    # The reference kernel adds with 20 fractional bits and requires the way back to be a reduction.
    rules.require(twice / (2**20 * float(output.scale)) < 1, operator, "its output scale is too small for its inputs")


def mul(graph: Graph, operator: Operator) -> None:
    _operands(graph, operator)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    rules.factor(operator, float(first.scale) * float(second.scale) / float(output.scale))


def _operands(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    for tensor in (first, second, output):
        rules.activation(tensor, operator)
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    rules.fused_activation(operator, options.activation, output)
    shape = broadcast_shape(first.shape, second.shape)
    if shape is None or len(broadcast_axes(first.shape, second.shape)) > 4:
        reason = f"shapes {list(first.shape)} and {list(second.shape)} do not broadcast over at most four axes"
        rules.refuse(operator, reason, "Reshape the operands before this layer.")
    rules.same_elements(operator, shape, output)
