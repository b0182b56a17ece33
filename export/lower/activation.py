"""Functions of one value → an_lookup with a table computed here; an_quantize and an_lookup_32 from and to wider types."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator
from ..requantization import cast_table, dequantization_table, unary_table
from .call import Call, Constant, Parameter


def unary(graph: Graph, operator: Operator) -> list[Call]:
    return table_call(
        graph, operator, unary_table(operator.kind, graph.input_of(operator, 0), graph.output_of(operator), operator.options)
    )


def lookup(graph: Graph, operator: Operator) -> list[Call]:
    """LOOKUP, which only passes make: its table is a constant of the graph."""
    table = graph.input_of(operator, 1).data
    assert table is not None
    return table_call(graph, operator, table)


def table_call(graph: Graph, operator: Operator, table: np.ndarray) -> list[Call]:
    """One an_lookup with an int8 [256] table of the output for every input byte from -128 on."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    table_constant = Constant("table", "output for every input byte from -128 on", "int8_t", table)
    return [Call(operator, "an_lookup", (source.index,), output.index, {"size": source.elements}, (table_constant,))]


def quantize(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    if source.dtype != "float32":
        return unary(graph, operator)
    parameters: dict[str, Parameter] = {
        "size": source.elements,
        "scale_bits": int(output.scale.view(np.int32)),
        "output_zero_point": output.zero_point,
    }
    return [Call(operator, "an_quantize", (source.index,), output.index, parameters)]


def dequantize(graph: Graph, operator: Operator) -> list[Call]:
    return _wide_call(graph, operator, dequantization_table(graph.input_of(operator, 0)))


def cast(graph: Graph, operator: Operator) -> list[Call]:
    table = cast_table(graph.input_of(operator, 0), graph.output_of(operator))
    return table_call(graph, operator, table.view(np.int8)) if table.itemsize == 1 else _wide_call(graph, operator, table)


def _wide_call(graph: Graph, operator: Operator, table: np.ndarray) -> list[Call]:
    """One an_lookup_32 with a table of 256 items of four bytes."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    bits = table.view(np.int32).astype(np.int64)
    constant = Constant("table", f"bits of the {output.dtype} for every input byte from -128 on", "int32_t", bits)
    return [Call(operator, "an_lookup_32", (source.index,), output.index, {"size": source.elements}, (constant,))]
