"""CONV_2D (grouped too) and DEPTHWISE_CONV_2D → an_conv_2d, an_depthwise_conv_2d."""

from __future__ import annotations

from math import prod

from ..graph import ConvolutionOptions, Graph, Operator
from ..requantization import convolution_channels
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
    graph: Graph, operator: Operator, kernel: str, channels: int, parameters: dict[str, Parameter], macs: int, layout: str
) -> Call:
    weights = graph.input_of(operator, 1)
    assert weights.data is not None
    requantization = convolution_channels(graph.input_of(operator, 0), weights, graph.output_of(operator), channels)
    constants = (
        weight_constant(weights.data, layout),
        channel_constant(graph.biases_of(operator, channels), requantization.multiplier, requantization.shift),
    )
    source = graph.input_of(operator, 0).index
    return Call(operator, kernel, (source,), operator.outputs[0], parameters, constants, macs)
