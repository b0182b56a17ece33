"""LOGISTIC, RELU, RELU6 and QUANTIZE from int8 to int8 → an_lookup with a table computed here."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator
from ..requantization import unary_table
from .call import Call, Constant


def unary(graph: Graph, operator: Operator) -> list[Call]:
    return _call(graph, operator, unary_table(operator.kind, graph.input_of(operator, 0), graph.output_of(operator)))


def lookup(graph: Graph, operator: Operator) -> list[Call]:
    """LOOKUP, which only passes make: its table is a constant of the graph."""
    table = graph.input_of(operator, 1).data
    assert table is not None
    return _call(graph, operator, table)


def _call(graph: Graph, operator: Operator, table: np.ndarray) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    table_constant = Constant("table", "output for every input from -128 on", "int8_t", table.astype(np.int64))
    return [Call(operator, "an_lookup", (source.index,), output.index, {"size": source.elements}, (table_constant,))]
