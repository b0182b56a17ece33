"""PAD, PADV2, MIRROR_PAD, RESHAPE, SQUEEZE, EXPAND_DIMS, CONCATENATION and PACK."""

from __future__ import annotations

from math import prod

import numpy as np

from ..coverage import COVERAGE
from ..graph import ConcatenationOptions, Graph, MirrorPadOptions, Operator, SqueezeOptions, StackOptions, Tensor
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


def squeeze(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, SqueezeOptions)
    rules.arity(operator, 1, 1)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    ones = {axis for axis, size in enumerate(source.shape) if size == 1}
    squeezed = {rules.axis(operator, axis, len(source.shape)) for axis in options.axes} or ones
    rules.require(squeezed <= ones, operator, f"removes the axes {sorted(squeezed)} of {list(source.shape)}")
    expected = tuple(size for axis, size in enumerate(source.shape) if axis not in squeezed)
    rules.same_elements(operator, expected, graph.output_of(operator))


def expand_dims(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    axes = rules.integers(graph, operator, 1, "axis")
    rules.require(len(axes) == 1, operator, f"adds {len(axes)} axes")
    axis = rules.axis(operator, axes[0], len(source.shape) + 1)
    rules.same_elements(operator, (*source.shape[:axis], 1, *source.shape[axis:]), graph.output_of(operator))


def pack(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, StackOptions)
    count = len(operator.inputs)
    rules.arity(operator, 1, count)
    rules.require(None not in operator.inputs, operator, "lacks an input")
    rules.require(options.count == count, operator, f"packs {options.count} of {count} inputs")
    first, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.moves(graph, operator, first)
    for position in range(1, count):
        source = graph.input_of(operator, position)
        rules.movable(source, operator, (first.dtype,))
        fits = source.shape == first.shape
        rules.require(fits, operator, f"packs the shapes {list(first.shape)} and {list(source.shape)}")
    axis = rules.axis(operator, options.axis, len(first.shape) + 1)
    rules.same_elements(operator, (*first.shape[:axis], count, *first.shape[axis:]), output)


def mirror_pad(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, MirrorPadOptions)
    rules.arity(operator, 2, 2)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    widths = _widths(graph, operator, source)
    for size, width in zip(source.shape, widths, strict=True):
        most = size - int(options.mode == "REFLECT")
        rules.require(max(width) <= most, operator, f"pads {size} values with {max(width)} of them")
    expected = tuple(size + sum(width) for size, width in zip(source.shape, widths, strict=True))
    rules.same_elements(operator, expected, graph.output_of(operator))


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
        rules.same_quantization(operator, source, output)
        fits = len(source.shape) == rank and all(source.shape[i] == first.shape[i] for i in range(rank) if i != axis)
        rules.require(fits, operator, f"joins the shapes {list(first.shape)} and {list(source.shape)} along axis {axis}")
        joined += source.shape[axis]
    rules.same_elements(operator, (*first.shape[:axis], joined, *first.shape[axis + 1 :]), output)


def _pad(graph: Graph, operator: Operator) -> None:
    source, output = _activations(graph, operator)
    widths = _widths(graph, operator, source)
    rules.same_elements(operator, tuple(size + sum(width) for size, width in zip(source.shape, widths, strict=True)), output)


def _widths(graph: Graph, operator: Operator, source: Tensor) -> list[tuple[int, int]]:
    """The padding before and after each axis."""
    widths = rules.constant(graph, operator, 1, ("int32", "int64"), "padding widths")
    rank = len(source.shape)
    rules.require(
        1 <= rank <= 4 and widths.shape == (rank, 2),
        operator,
        f"has padding widths of shape {list(widths.shape)} for rank {rank}",
    )
    assert widths.data is not None
    rules.require(int(widths.data.min()) >= 0, operator, "has a negative padding width")
    return [(int(before), int(after)) for before, after in widths.data]


def _activations(graph: Graph, operator: Operator) -> tuple[Tensor, Tensor]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    return source, output
