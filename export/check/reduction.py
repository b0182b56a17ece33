"""MEAN, SUM, REDUCE_MAX and REDUCE_MIN over any axes; ARG_MAX, ARG_MIN and CUMSUM over one."""

from __future__ import annotations

from math import prod

from ..coverage import COVERAGE
from ..geometry import normalized_axes
from ..graph import Graph, Operator, ReductionOptions, Tensor
from ..requantization import CUMSUM_SHIFT, cumsum_factor
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


def cumsum(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_elements(operator, source.shape, output)
    axes = _axes(graph, operator, source)
    rules.require(len(axes) == 1, operator, f"has {len(axes)} axes, not 1")
    _running_sum(operator, source, output, source.shape[axes[0]])


def add_n(graph: Graph, operator: Operator) -> None:
    count = len(operator.inputs)
    rules.require(count >= 2, operator, f"has {count} inputs")
    rules.arity(operator, count, count)
    first, output = graph.input_of(operator, 0), graph.output_of(operator)
    for position in range(count):
        source = graph.input_of(operator, position)
        rules.activation(source, operator)
        fits = source.shape == first.shape
        rules.require(fits, operator, f"adds the shapes {list(first.shape)} and {list(source.shape)}")
        same = source.scale == first.scale and source.zero_point == first.zero_point
        rules.require(same, operator, f"its inputs '{first.name}' and '{source.name}' are quantized differently")
    rules.activation(output, operator)
    rules.same_elements(operator, first.shape, output)
    _running_sum(operator, first, output, count)


def _running_sum(operator: Operator, source: Tensor, output: Tensor, count: int) -> None:
    """The reference sums ``count`` values, starting one zero point too low, with fractional bits, and scales by less than one."""
    reach = max(127 - source.zero_point, source.zero_point + 128)
    worst = (count * reach + abs(source.zero_point)) << CUMSUM_SHIFT
    rules.require(
        worst < 2**31,
        operator,
        f"its 32-bit sums can reach {worst}",
        "The reference kernel overflows there, so no exact result exists; sum over fewer values.",
    )
    factor = cumsum_factor(source, output)
    rules.require(0 < factor < 1 - 2**-32, operator, "its output scale is too small for its inputs")


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
