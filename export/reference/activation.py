"""LOGISTIC, RELU, RELU6 and QUANTIZE from int8 to int8, and the tables that passes make of several such operators."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator
from ..requantization import unary_table


def unary(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    table = unary_table(operator.kind, graph.input_of(operator, 0), graph.output_of(operator))
    return table[inputs[0].astype(np.int64) + 128]


def lookup(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """LOOKUP, which only passes make: entry i of the int8 [256] table at input 1 is the output for the value i - 128."""
    return inputs[1][inputs[0].astype(np.int64) + 128]
