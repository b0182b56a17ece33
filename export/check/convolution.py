"""CONV_2D (grouped too), DEPTHWISE_CONV_2D and TRANSPOSE_CONV."""

from __future__ import annotations

import numpy as np

from ..geometry import spans
from ..graph import ConvolutionOptions, Graph, Operator, Tensor
from . import rules


def conv_2d(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 3)
    source, filters, output = _operands(graph, operator)
    channels, height, width, depth = filters.shape
    rules.require(
        source.shape[3] % depth == 0 and channels % (source.shape[3] // depth) == 0,
        operator,
        f"filters of shape {list(filters.shape)} do not divide {source.shape[3]} input channels into groups",
    )
    _check(graph, operator, source, filters, output, (height, width), channels, axis=0)


def depthwise_conv_2d(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 3)
    source, filters, output = _operands(graph, operator)
    one, height, width, channels = filters.shape
    rules.require(
        one == 1 and channels % source.shape[3] == 0,
        operator,
        f"filters of shape {list(filters.shape)} do not fit {source.shape[3]} input channels",
    )
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    # TensorFlow Lite Micro walks the channels by the multiplier, even where it then leaves some unwritten or writes beyond the output.
    rules.require(
        options.depth_multiplier == channels // source.shape[3],
        operator,
        f"has the depth multiplier {options.depth_multiplier}, but {channels} output channels of {source.shape[3]} input channels",
    )
    _check(graph, operator, source, filters, output, (height, width), channels, axis=3)


def transpose_conv(graph: Graph, operator: Operator) -> None:
    """Inputs: the output's shape, filters, activations, biases. Any output size goes: what falls outside of it is dropped."""
    rules.arity(operator, 3, 4)
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, filters, output = _operands(graph, operator, source_position=2)
    channels, height, width, depth = filters.shape
    rules.require(
        source.shape[3] == depth,
        operator,
        f"filters of shape {list(filters.shape)} do not fit {source.shape[3]} input channels",
    )
    rules.window(operator, (height, width), options.stride)
    shape = rules.constant(graph, operator, 0, ("int32",), "output sizes").data
    assert shape is not None
    rules.same_elements(operator, tuple(shape.reshape(-1).tolist()), output)
    rules.require(
        len(output.shape) == 4 and (output.shape[0], output.shape[3]) == (source.shape[0], channels),
        operator,
        f"its output has the shape {list(output.shape)}; it has {source.shape[0]} images of {channels} channels",
    )
    rules.require(
        options.padding == "SAME" or (output.shape[1] >= height and output.shape[2] >= width),
        operator,
        f"its output of shape {list(output.shape)} is smaller than its window",
    )
    rules.require(
        max(source.shape[1] * options.stride[0], source.shape[2] * options.stride[1], *output.shape[1:3]) < 2**24,
        operator,
        "has an image side of 2^24 or more",
    )
    _check_channels(graph, operator, source, filters, output, channels, axis=0, bias_position=3)


def _operands(graph: Graph, operator: Operator, source_position: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    source, output = graph.input_of(operator, source_position), graph.output_of(operator)
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
    rows, columns = spans(source.shape, window, options.stride, options.dilation, options.padding)
    rules.same_elements(operator, (source.shape[0], rows.output, columns.output, channels), output)
    _check_channels(graph, operator, source, filters, output, channels, axis)


def _check_channels(
    graph: Graph,
    operator: Operator,
    source: Tensor,
    filters: Tensor,
    output: Tensor,
    channels: int,
    axis: int,
    bias_position: int = 2,
) -> None:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    rules.fused_activation(operator, options.activation, output)
    rules.weights(filters, operator, channels, axis)
    biases = rules.biases(graph, operator, channels, bias_position)
    assert filters.data is not None and filters.quantization is not None
    other_axes = tuple(i for i in range(4) if i != axis)
    rules.accumulator(operator, np.abs(filters.data.astype(np.int64)).sum(axis=other_axes), biases, source)
    largest = float(np.max(filters.quantization.scale))
    rules.factor(operator, float(source.scale) * largest / float(output.scale))
