"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from __future__ import annotations

from ..geometry import spans
from ..graph import Graph, Operator, PoolingOptions
from . import rules


def pool_2d(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    options = operator.options
    assert isinstance(options, PoolingOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_quantization(operator, source, output)
    rules.require(len(source.shape) == 4, operator, f"has an input of rank {len(source.shape)}, not 4")
    rules.window(operator, options.window, options.stride)
    rules.fused_activation(operator, options.activation, output)
    rows, columns = spans(source.shape, options.window, options.stride, (1, 1), options.padding)
    rules.same_elements(operator, (source.shape[0], rows.output, columns.output, source.shape[3]), output)
