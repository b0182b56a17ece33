"""CONV_2D (grouped too), DEPTHWISE_CONV_2D and TRANSPOSE_CONV → an_conv_2d, an_depthwise_conv_2d, an_transpose_conv."""

from __future__ import annotations

from math import prod

from ..geometry import padding_of_output
from ..graph import ConvolutionOptions, Graph, Operator
from ..requantization import convolution_channels, output_limits
from .call import Call, Parameter, channel_constant, weight_constant
from .window import window_parameters


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


def transpose_conv(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 2), graph.output_of(operator)
    channels, height, width, depth = graph.input_of(operator, 1).shape
    top, left = padding_of_output(output.shape, (height, width), options)
    low, high = output_limits(options, output)
    parameters: dict[str, Parameter] = {
        "batches": source.shape[0],
        "input_height": source.shape[1],
        "input_width": source.shape[2],
        "input_channels": depth,
        "output_height": output.shape[1],
        "output_width": output.shape[2],
        "output_channels": channels,
        "kernel_height": height,
        "kernel_width": width,
        "stride_height": options.stride[0],
        "stride_width": options.stride[1],
        "padding_top": top,
        "padding_left": left,
        "input_zero_point": source.zero_point,
        "output_zero_point": output.zero_point,
        "activation_min": low,
        "activation_max": high,
    }
    macs = prod(source.shape) * channels * height * width
    layout = "output channel, row, column, input channel"
    return [_call(graph, operator, "an_transpose_conv", channels, parameters, macs, layout, source_position=2)]


def _parameters(graph: Graph, operator: Operator, height: int, width: int) -> tuple[dict[str, Parameter], int]:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    parameters = window_parameters(source, output, options, (height, width), options.dilation) | {
        "input_channels": source.shape[3],
        "kernel_height": height,
        "kernel_width": width,
        "dilation_height": options.dilation[0],
        "dilation_width": options.dilation[1],
        "input_zero_point": source.zero_point,
        "output_zero_point": output.zero_point,
    }
    return parameters, prod(output.shape[:3])


def _call(
    graph: Graph,
    operator: Operator,
    kernel: str,
    channels: int,
    parameters: dict[str, Parameter],
    macs: int,
    layout: str,
    source_position: int = 0,
) -> Call:
    source, weights = graph.input_of(operator, source_position), graph.input_of(operator, 1)
    assert weights.data is not None
    requantization = convolution_channels(source, weights, graph.output_of(operator), channels)
    # Biases come after the input and the weights.
    biases = graph.biases_of(operator, channels, max(source_position, 1) + 1)
    constants = (
        weight_constant(weights.data, layout),
        channel_constant(biases, requantization.multiplier, requantization.shift),
    )
    # Instructions per multiply-accumulate and per output, as measured on whole models and the smallest core.
    cost = (18 if kernel == "an_depthwise_conv_2d" else 6) * macs + 60 * prod(graph.output_of(operator).shape)
    return Call(operator, kernel, (source.index,), operator.outputs[0], parameters, constants, macs, cost=cost)
