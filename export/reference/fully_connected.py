"""FULLY_CONNECTED."""

from __future__ import annotations

import numpy as np

from ..fixed_point import activation_range, requantize
from ..graph import FullyConnectedOptions, Graph, Operator
from ..requantization import fully_connected_channels


def fully_connected(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Weights [outputs, depth]; the input counts as rows of ``depth`` values."""
    options = operator.options
    assert isinstance(options, FullyConnectedOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    weights = inputs[1].astype(np.float64) - graph.input_of(operator, 1).zero_point
    rows = inputs[0].reshape(-1, weights.shape[1]).astype(np.float64) - source.zero_point
    biases = inputs[2].reshape(-1).astype(np.int64) if len(inputs) > 2 else 0
    channels = fully_connected_channels(source, graph.input_of(operator, 1), output, weights.shape[0])
    limits = activation_range(options.activation, output.scale, output.zero_point)
    sums = (rows @ weights.T).astype(np.int64) + biases
    return requantize(sums, channels.multiplier, channels.shift, output.zero_point, *limits).reshape(output.shape)
