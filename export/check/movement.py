"""PAD, PADV2, RESHAPE and CONCATENATION."""

from __future__ import annotations

from ..coverage import COVERAGE
from ..graph import ConcatenationOptions, Graph, Operator, Tensor
from . import rules


def pad(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    _pad(graph, operator)


def pad_v2(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 3, 3)
    value = rules.constant(graph, operator, 2, ("int8",), "padding values")
    rules.require(value.elements == 1, operator, f"has {value.elements} padding values")
    _pad(graph, operator)


def reshape(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, COVERAGE["RESHAPE"].reads)
    rules.movable(output, operator, (source.dtype,))
    rules.require(
        source.elements == output.elements,
        operator,
        f"changes {list(source.shape)} into {list(output.shape)}",
        "Export with a fixed input shape and batch size 1.",
    )


def concatenation(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, ConcatenationOptions)
    rules.require(len(operator.inputs) >= 1 and len(operator.outputs) == 1, operator, "has no input")
    rules.require(None not in operator.inputs, operator, "lacks an input")
    rules.require(options.activation == "NONE", operator, f"has the fused activation {options.activation}")
    output = graph.output_of(operator)
    rules.movable(output, operator, COVERAGE["CONCATENATION"].writes)
    rank = len(output.shape)
    rules.require(-rank <= options.axis < rank, operator, f"joins axis {options.axis} of rank {rank}")
    axis = options.axis % rank
    joined = 0
    for position in range(len(operator.inputs)):
        source = graph.input_of(operator, position)
        rules.movable(source, operator, (output.dtype,))
        rules.same_quantization(operator, source, output)
        fits = len(source.shape) == rank and all(source.shape[i] == output.shape[i] for i in range(rank) if i != axis)
        rules.require(fits, operator, f"joins the shape {list(source.shape)} into {list(output.shape)} along axis {axis}")
        joined += source.shape[axis]
    rules.require(joined == output.shape[axis], operator, f"joins {joined} slices into {output.shape[axis]}")


def _pad(graph: Graph, operator: Operator) -> None:
    source, output = _activations(graph, operator)
    widths = rules.constant(graph, operator, 1, ("int32", "int64"), "padding widths")
    rank = len(source.shape)
    rules.require(
        1 <= rank <= 4 and widths.shape == (rank, 2),
        operator,
        f"has padding widths of shape {list(widths.shape)} for rank {rank}",
    )
    assert widths.data is not None
    rules.require(int(widths.data.min()) >= 0, operator, "has a negative padding width")
    expected = tuple(size + int(before) + int(after) for size, (before, after) in zip(source.shape, widths.data, strict=True))
    rules.same_elements(operator, expected, output)


def _activations(graph: Graph, operator: Operator) -> tuple[Tensor, Tensor]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    return source, output
