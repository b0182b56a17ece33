"""MEAN, SUM, REDUCE_MAX and REDUCE_MIN over any axes; ARG_MAX and ARG_MIN over one."""

from __future__ import annotations

from math import prod

from ..coverage import COVERAGE
from ..geometry import normalized_axes
from ..graph import Graph, Operator, ReductionOptions, Tensor
from . import rules


def total(graph: Graph, operator: Operator) -> None:
    """MEAN and SUM."""
    rules.arity(operator, 2, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    _shapes(graph, operator, source, output)
    rules.require(source.elements // output.elements < 2**23, operator, "its 32-bit sum can overflow")
    rules.factor(operator, float(source.scale) / float(output.scale))


def extreme(graph: Graph, operator: Operator) -> None:
    """REDUCE_MAX and REDUCE_MIN: stored values are compared, so both sides need the same quantization."""
    rules.arity(operator, 2, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, COVERAGE[operator.kind].reads)
    rules.movable(output, operator, COVERAGE[operator.kind].writes)
    _shapes(graph, operator, source, output)
    rules.same_quantization(operator, source, output)


def arg_extreme(graph: Graph, operator: Operator) -> None:
    """ARG_MAX and ARG_MIN: positions along one axis, which disappears; the first of equal values wins."""
    rules.arity(operator, 2, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, COVERAGE[operator.kind].reads)
    rules.movable(output, operator, COVERAGE[operator.kind].writes)
    axes = _axes(graph, operator, source)
    rules.require(len(axes) == 1, operator, f"has {len(axes)} axes, not 1")
    _same_count(operator, tuple(size for i, size in enumerate(source.shape) if i not in axes), output)


def _shapes(graph: Graph, operator: Operator, source: Tensor, output: Tensor) -> None:
    options = operator.options
    assert isinstance(options, ReductionOptions)
    axes = _axes(graph, operator, source)
    kept = tuple(1 if i in axes else size for i, size in enumerate(source.shape))
    expected = kept if options.keep_dims else tuple(size for i, size in enumerate(source.shape) if i not in axes)
    _same_count(operator, expected, output)


def _same_count(operator: Operator, expected: tuple[int, ...], output: Tensor) -> None:
    """The reference kernels only count: some exporters leave axes of size 1 in, or drop all of them."""
    if output.elements != prod(expected):
        rules.same_elements(operator, expected, output)


def _axes(graph: Graph, operator: Operator, source: Tensor) -> tuple[int, ...]:
    rank = len(source.shape)
    rules.require(rank <= 5, operator, f"has an input of rank {rank}, more than 5")
    tensor = rules.constant(graph, operator, 1, ("int32",), "axes")
    assert tensor.data is not None
    values = [int(value) for value in tensor.data.reshape(-1)]
    rules.require(all(-rank <= value < rank for value in values), operator, f"reduces the axes {values} of rank {rank}")
    return normalized_axes(values, rank)
