"""MEAN over any axes."""

from __future__ import annotations

from ..geometry import normalized_axes
from ..graph import Graph, Operator, ReductionOptions
from . import rules


def mean(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    options = operator.options
    assert isinstance(options, ReductionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.require(1 <= len(source.shape) <= 4, operator, f"has an input of rank {len(source.shape)}, not 1 to 4")
    tensor = rules.constant(graph, operator, 1, ("int32",), "axes")
    assert tensor.data is not None
    values = [int(value) for value in tensor.data.reshape(-1)]
    rank = len(source.shape)
    rules.require(
        bool(values) and all(-rank <= value < rank for value in values), operator, f"reduces the axes {values} of rank {rank}"
    )
    axes = normalized_axes(values, rank)
    kept = tuple(1 if i in axes else size for i, size in enumerate(source.shape))
    expected = kept if options.keep_dims else tuple(size for i, size in enumerate(source.shape) if i not in axes)
    rules.same_elements(operator, expected, output)
    rules.require(source.elements // output.elements < 2**23, operator, "its 32-bit sum can overflow")
    rules.factor(operator, float(source.scale) / float(output.scale))
