"""Functions of one value: LOGISTIC, RELU …, and QUANTIZE and DEQUANTIZE between types."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator, item_type
from ..requantization import cast_table, dequantization_table, quantize_floats, unary_table


def unary(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    table = unary_table(operator.kind, graph.input_of(operator, 0), graph.output_of(operator), operator.options)
    return table[inputs[0].view(np.int8).astype(np.int64) + 128].view(item_type(graph.output_of(operator).dtype))


def quantize(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    if inputs[0].dtype == np.float32:
        return quantize_floats(inputs[0], graph.output_of(operator))
    return unary(graph, operator, inputs)


def dequantize(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return dequantization_table(graph.input_of(operator, 0))[inputs[0].view(np.int8).astype(np.int64) + 128]


def cast(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    table = cast_table(graph.input_of(operator, 0), graph.output_of(operator))
    return table[inputs[0].view(np.int8).astype(np.int64) + 128]


def lookup(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """LOOKUP, which only passes make: entry i of the int8 [256] table at input 1 is the output for the value i - 128."""
    return inputs[1][inputs[0].astype(np.int64) + 128]
