"""CONV_2D (grouped too) and DEPTHWISE_CONV_2D."""

from __future__ import annotations

import numpy as np

from ..geometry import spans
from ..graph import ConvolutionOptions, Graph, Operator, Tensor
from . import rules


def conv_2d(graph: Graph, operator: Operator) -> None:
    source, filters, output = _operands(graph, operator)
    channels, height, width, depth = filters.shape
    rules.require(
        source.shape[3] % depth == 0 and channels % (source.shape[3] // depth) == 0,
        operator,
        f"filters of shape {list(filters.shape)} do not divide {source.shape[3]} input channels into groups",
    )
    _check(graph, operator, source, filters, output, (height, width), channels, axis=0)


def depthwise_conv_2d(graph: Graph, operator: Operator) -> None:
    source, filters, output = _operands(graph, operator)
    one, height, width, channels = filters.shape
    rules.require(
        one == 1 and channels % source.shape[3] == 0,
        operator,
        f"filters of shape {list(filters.shape)} do not fit {source.shape[3]} input channels",
    )
    _check(graph, operator, source, filters, output, (height, width), channels, axis=3)


def _operands(graph: Graph, operator: Operator) -> tuple[Tensor, Tensor, Tensor]:
    rules.arity(operator, 2, 3)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    filters = rules.constant(graph, operator, 1, ("int8",), "weights")
    rules.require(
        len(source.shape) == 4 and len(filters.shape) == 4, operator, f"has an input of rank {len(source.shape)}, not 4"
    )
    rules.require(min(filters.shape) >= 1, operator, "has empty filters")
    return source, filters, output


def _check(
    graph: Graph,
    operator: Operator,
    source: Tensor,
    filters: Tensor,
    output: Tensor,
    window: tuple[int, int],
    channels: int,
    axis: int,
) -> None:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    rules.window(operator, window, options.stride, options.dilation)
    rules.fused_activation(operator, options.activation, output)
    rows, columns = spans(source.shape, window, options.stride, options.dilation, options.padding)
    rules.same_elements(operator, (source.shape[0], rows.output, columns.output, channels), output)
    rules.weights(filters, operator, channels, axis)
    biases = rules.biases(graph, operator, channels)
    assert filters.data is not None and filters.quantization is not None
    other_axes = tuple(i for i in range(4) if i != axis)
    rules.accumulator(operator, np.abs(filters.data.astype(np.int64)).sum(axis=other_axes), biases, source)
    largest = float(np.max(filters.quantization.scale))
    rules.factor(operator, float(source.scale) * largest / float(output.scale))
