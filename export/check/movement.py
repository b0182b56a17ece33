"""PAD, PADV2, RESHAPE and CONCATENATION."""

from __future__ import annotations

from math import prod

import numpy as np

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
    sizes = graph.optional_input_of(operator, 1)
    if output.open and sizes is not None and sizes.data is not None:
        rules.same_elements(operator, _target(source, sizes.data), output)
    rules.require(
        source.elements == output.elements,
        operator,
        f"changes {list(source.shape)} into {list(output.shape)}",
        "Export with a fixed input shape and batch size 1.",
    )


def _target(source: Tensor, sizes: np.ndarray) -> tuple[int, ...]:
    """The shape that RESHAPE's operand asks for; one size of -1 takes what is left."""
    shape = [int(size) for size in sizes.reshape(-1)]
    known = prod(size for size in shape if size != -1)
    return tuple(source.elements // max(known, 1) if size == -1 else size for size in shape)


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
    first, joined = graph.input_of(operator, 0), 0
    for position in range(len(operator.inputs)):
        source = graph.input_of(operator, position)
        rules.movable(source, operator, (output.dtype,))
        fits = len(source.shape) == rank and all(source.shape[i] == first.shape[i] for i in range(rank) if i != axis)
        rules.require(fits, operator, f"joins the shapes {list(first.shape)} and {list(source.shape)} along axis {axis}")
        joined += source.shape[axis]
    rules.same_elements(operator, (*first.shape[:axis], joined, *first.shape[axis + 1 :]), output)


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
