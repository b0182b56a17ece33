"""EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, the LOGICAL operators and SELECT_V2."""

from __future__ import annotations

from ..coverage import COVERAGE
from ..geometry import broadcast_axes, broadcast_shape
from ..graph import Graph, Operator, Tensor
from . import rules

MOST_AXES = 4


def compare(graph: Graph, operator: Operator) -> None:
    first, second = _operands(graph, operator, COVERAGE[operator.kind].reads)
    rules.require(first.dtype == second.dtype, operator, f"compares {first.dtype} with {second.dtype}")
    if first.dtype == "bool":
        return
    for tensor in (first, second):
        rules.activation(tensor, operator)
        # The reference kernel shifts by this factor, which it takes for smaller than one, to the right alone.
        rules.require(float(tensor.scale) < 1 - 2**-24, operator, f"its input scale {tensor.scale:g} is out of range")


def logical(graph: Graph, operator: Operator) -> None:
    """LOGICAL_AND and LOGICAL_OR."""
    _operands(graph, operator, ("bool",))


def logical_not(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, ("bool",))
    rules.movable(output, operator, ("bool",))
    rules.same_elements(operator, source.shape, output)


def select(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 3, 3)
    condition, first, second = (graph.input_of(operator, position) for position in range(3))
    output = graph.output_of(operator)
    rules.movable(condition, operator, ("bool",))
    rules.movable(first, operator, COVERAGE["SELECT_V2"].reads)
    for tensor in (second, output):
        rules.movable(tensor, operator, (first.dtype,))
    _broadcast(operator, output, condition, first, second)


def _operands(graph: Graph, operator: Operator, types: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    rules.arity(operator, 2, 2)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    for tensor in (first, second):
        rules.movable(tensor, operator, types)
    rules.movable(output, operator, ("bool",))
    _broadcast(operator, output, first, second)
    return first, second


def _broadcast(operator: Operator, output: Tensor, *operands: Tensor) -> None:
    """Shapes that the reference kernel and an_elementwise walk: equal ones, or such as broadcast over few axes."""
    shapes = [tensor.shape for tensor in operands]
    shape = broadcast_shape(*shapes)
    reason = f"shapes {' and '.join(str(list(given)) for given in shapes)} do not broadcast over at most {MOST_AXES} axes"
    if shape is None or len(broadcast_axes(*shapes)) > MOST_AXES or (len(set(shapes)) > 1 and len(shape) > MOST_AXES):
        rules.refuse(operator, reason, "Reshape the operands before this layer.")
    rules.same_elements(operator, shape, output)
