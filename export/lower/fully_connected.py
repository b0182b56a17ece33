"""FULLY_CONNECTED → an_fully_connected, or a convolution by 1x1 of as many positions as there are rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..graph import ConvolutionOptions, FullyConnectedOptions, Graph, Operator
from ..requantization import Factors, fully_connected_channels, output_limits
from .call import Call, channel_constant, weight_constant


def fully_connected(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, FullyConnectedOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    assert weights.data is not None
    channels, depth = weights.shape
    rows = source.elements // depth
    low, high = output_limits(options, output)
    requantization = fully_connected_channels(source, weights, output, channels)
    return [
        Call(
            operator,
            "an_fully_connected",
            (source.index,),
            output.index,
            {
                "rows": rows,
                "input_size": depth,
                "output_size": channels,
                "input_zero_point": source.zero_point,
                "weights_zero_point": weights.zero_point,
                "output_zero_point": output.zero_point,
                "activation_min": low,
                "activation_max": high,
            },
            (
                weight_constant(weights.data, "output, input"),
                channel_constant(graph.biases_of(operator, channels), requantization.multiplier, requantization.shift),
            ),
            macs=rows * channels * depth,
            cost=rows * channels * (8 * depth + 60),
        )
    ]


def as_convolution(lowering: Callable[[Graph, Operator, Factors], Call | str]) -> Callable[[Graph, Operator], Call | str]:
    """A lowering of CONV_2D, for FULLY_CONNECTED: both sum up and requantize alike, but for how the factors are made."""

    def lowered(graph: Graph, operator: Operator) -> Call | str:
        options = operator.options
        assert isinstance(options, FullyConnectedOptions)
        source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
        assert weights.data is not None
        if weights.zero_point != 0:
            return "weights with a zero point"
        channels, depth = weights.shape
        rows = source.elements // depth
        tensors = list(graph.tensors)
        tensors[source.index] = replace(source, shape=(1, 1, rows, depth))
        tensors[weights.index] = replace(
            weights, shape=(channels, 1, 1, depth), data=weights.data.reshape(channels, 1, 1, depth)
        )
        tensors[output.index] = replace(output, shape=(1, 1, rows, channels))
        window = ConvolutionOptions(
            activation=options.activation, limits=options.limits, padding="VALID", stride=(1, 1), dilation=(1, 1)
        )
        call = lowering(replace(graph, tensors=tuple(tensors)), replace(operator, options=window), fully_connected_channels)
        return call if isinstance(call, str) else replace(call, operator=operator)

    return lowered
