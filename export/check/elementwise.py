"""Operators of two operands with broadcasting."""

from __future__ import annotations

from ..geometry import broadcast_axes, broadcast_shape
from ..graph import ElementwiseOptions, Graph, Operator, Tensor
from ..requantization import subtraction_factors
from . import rules


def add(graph: Graph, operator: Operator) -> None:
    first, second, output = _quantized(graph, operator)
    twice = 2 * max(float(first.scale), float(second.scale))
    # The reference kernel adds with 20 fractional bits and requires the way back to be a reduction.
    rules.require(twice / (2**20 * float(output.scale)) < 1, operator, "its output scale is too small for its inputs")


def sub(graph: Graph, operator: Operator) -> None:
    factors = subtraction_factors(*_quantized(graph, operator))
    # As in ADD, and the reference kernel computes these factors in single precision, where they can vanish.
    rules.require(factors[2] < 1, operator, "its output scale is too small for its inputs")
    rules.require(min(factors) > 0, operator, f"its requantization factor {min(factors):g} is out of range")


def mul(graph: Graph, operator: Operator) -> None:
    first, second, output = _quantized(graph, operator)
    rules.factor(operator, float(first.scale) * float(second.scale) / float(output.scale))


def squared_difference(graph: Graph, operator: Operator) -> None:
    first, second, output = _quantized(graph, operator, broadcast_rank=4)
    twice = 2 * max(float(first.scale), float(second.scale))
    rules.factor(operator, twice * twice / (2**14 * float(output.scale)))


def prelu(graph: Graph, operator: Operator) -> None:
    source, alpha, output = _quantized(graph, operator, broadcast_rank=4)
    rules.require(len(output.shape) <= 4, operator, f"has an output of rank {len(output.shape)}, not 0 to 4")
    rules.factor(operator, float(source.scale) / float(output.scale))
    rules.factor(operator, float(source.scale) * float(alpha.scale) / float(output.scale))


def minimum_maximum(graph: Graph, operator: Operator) -> None:
    """The reference kernels compare stored values, whatever their quantization."""
    operands(graph, operator, broadcast_rank=5)


def _quantized(graph: Graph, operator: Operator, broadcast_rank: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    first, second, output = operands(graph, operator, broadcast_rank)
    for tensor in (first, second, output):
        rules.activation(tensor, operator)
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    rules.fused_activation(operator, options.activation, output)
    return first, second, output


def operands(
    graph: Graph, operator: Operator, broadcast_rank: int, types: tuple[str, ...] = ("int8",)
) -> tuple[Tensor, Tensor, Tensor]:
    """Both operands and the output, of these types and of shapes that the reference kernel and an_elementwise walk."""
    rules.arity(operator, 2, 2)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    for tensor in (first, second, output):
        rules.movable(tensor, operator, types)
    shapes = f"shapes {list(first.shape)} and {list(second.shape)} do not broadcast over at most"
    shape = broadcast_shape(first.shape, second.shape)
    if shape is None or len(broadcast_axes(first.shape, second.shape)) > 4:
        rules.refuse(operator, f"{shapes} four axes", "Reshape the operands before this layer.")
    if first.shape != second.shape and len(shape) > broadcast_rank:
        rules.refuse(operator, f"{shapes} {broadcast_rank} axes", "Reshape the operands before this layer.")
    rules.same_elements(operator, shape, output)
    return first, second, output
