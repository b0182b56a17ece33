"""CONV_2D (grouped too) and DEPTHWISE_CONV_2D → an_conv_2d, an_depthwise_conv_2d."""

from __future__ import annotations

import numpy as np

from ..fixed_point import activation_range
from ..geometry import span
from ..graph import ConvolutionOptions, Graph, Operator
from ..requantization import convolution_channels
from .call import Call, Parameter, channel_constant, weight_constant


def conv_2d(graph: Graph, operator: Operator) -> list[Call]:
    channels, height, width, depth = graph.input_of(operator, 1).shape
    parameters, output_positions = _parameters(graph, operator, height, width)
    parameters |= {
        "output_channels": channels,
        "kernel_channels": depth,
        "channels_per_group": channels * depth // graph.input_of(operator, 0).shape[3],
    }
    macs = output_positions * channels * height * width * depth
    return [_call(graph, operator, "an_conv_2d", channels, parameters, macs, "output channel, row, column, input channel")]


def depthwise_conv_2d(graph: Graph, operator: Operator) -> list[Call]:
    _, height, width, channels = graph.input_of(operator, 1).shape
    parameters, output_positions = _parameters(graph, operator, height, width)
    parameters["depth_multiplier"] = channels // graph.input_of(operator, 0).shape[3]
    macs = output_positions * channels * height * width
    return [_call(graph, operator, "an_depthwise_conv_2d", channels, parameters, macs, "row, column, output channel")]


def _parameters(graph: Graph, operator: Operator, height: int, width: int) -> tuple[dict[str, Parameter], int]:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rows = span(source.shape[1], height, options.stride[0], options.dilation[0], options.padding)
    columns = span(source.shape[2], width, options.stride[1], options.dilation[1], options.padding)
    low, high = activation_range(options.activation, output.scale, output.zero_point)
    parameters: dict[str, Parameter] = {
        "batches": source.shape[0],
        "input_height": source.shape[1],
        "input_width": source.shape[2],
        "input_channels": source.shape[3],
        "output_height": rows.output,
        "output_width": columns.output,
        "kernel_height": height,
        "kernel_width": width,
        "stride_height": options.stride[0],
        "stride_width": options.stride[1],
        "dilation_height": options.dilation[0],
        "dilation_width": options.dilation[1],
        "padding_top": rows.before,
        "padding_left": columns.before,
        "input_zero_point": source.zero_point,
        "output_zero_point": output.zero_point,
        "activation_min": low,
        "activation_max": high,
    }
    return parameters, source.shape[0] * rows.output * columns.output


def _call(
    graph: Graph, operator: Operator, kernel: str, channels: int, parameters: dict[str, Parameter], macs: int, layout: str
) -> Call:
    weights = graph.input_of(operator, 1)
    assert weights.data is not None
    requantization = convolution_channels(graph.input_of(operator, 0), weights, graph.output_of(operator), channels)
    constants = (
        weight_constant(weights.data, layout),
        channel_constant(biases(graph, operator, channels), requantization.multiplier, requantization.shift),
    )
    source = graph.input_of(operator, 0).index
    return Call(operator, kernel, (source,), operator.outputs[0], parameters, constants, macs)


def biases(graph: Graph, operator: Operator, channels: int) -> np.ndarray:
    """int64 [channels]; zeros where the operator has none."""
    tensor = graph.optional_input_of(operator, 2)
    return np.zeros(channels, np.int64) if tensor is None or tensor.data is None else tensor.data.reshape(-1).astype(np.int64)
