"""FULLY_CONNECTED."""

from __future__ import annotations

import numpy as np

from ..graph import FullyConnectedOptions, Graph, Operator
from . import rules


def fully_connected(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 3)
    options = operator.options
    assert isinstance(options, FullyConnectedOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.fused_activation(operator, options.activation, output)
    weights = rules.constant(graph, operator, 1, ("int8",), "weights")
    rules.require(options.weights_format == "DEFAULT", operator, f"its weights are in the {options.weights_format} layout")
    rules.require(
        len(weights.shape) == 2 and min(weights.shape) >= 1, operator, f"its weights have the shape {list(weights.shape)}"
    )
    channels, depth = weights.shape
    rules.require(
        source.elements % depth == 0,
        operator,
        f"an input of {source.elements} elements does not fit {depth} weights per output",
    )
    rows = source.elements // depth
    if output.open and output.elements != rows * channels:
        leading = source.shape[:-1] if source.shape[-1] == depth and len(output.shape) == len(source.shape) else (rows,)
        rules.same_elements(operator, (*leading, channels), output)
    rules.require(
        output.elements == rows * channels and output.shape[-1:] == (channels,),
        operator,
        f"its output has the shape {list(output.shape)}; its inputs give {rows} x {channels}",
    )
    rules.weights(weights, operator, channels, axis=0, symmetric=False)
    rules.require(
        -128 <= weights.zero_point <= 127, operator, f"its weights have the zero point {weights.zero_point}, which is not int8"
    )
    biases = rules.biases(graph, operator, channels)
    assert weights.data is not None and weights.quantization is not None
    # The kernel sums up the products with the weights and with their zero point apart.
    taps = np.abs(weights.data.astype(np.int64)).sum(axis=1) + depth * abs(weights.zero_point)
    rules.accumulator(operator, taps, biases, source)
    rules.factor(operator, float(source.scale) * float(np.max(weights.quantization.scale)) / float(output.scale))
