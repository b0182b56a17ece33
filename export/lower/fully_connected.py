"""FULLY_CONNECTED → an_fully_connected."""

from __future__ import annotations

from ..fixed_point import activation_range
from ..graph import FullyConnectedOptions, Graph, Operator
from ..requantization import fully_connected_channels
from .call import Call, channel_constant, weight_constant


def fully_connected(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, FullyConnectedOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    assert weights.data is not None
    channels, depth = weights.shape
    rows = source.elements // depth
    low, high = activation_range(options.activation, output.scale, output.zero_point)
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
        )
    ]
