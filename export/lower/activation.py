"""Functions of one value → an_lookup with a table computed here; an_quantize and an_lookup_32 from and to float32."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator
from ..requantization import dequantization_table, unary_table
from .call import Call, Constant, Parameter


def unary(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    table = unary_table(operator.kind, source, output, operator.options).astype(np.int64)
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
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    bits = dequantization_table(source).view(np.int32).astype(np.int64)
    table = Constant("table", "bits of the float for every input byte from -128 on", "int32_t", bits)
    return [Call(operator, "an_lookup_32", (source.index,), output.index, {"size": source.elements}, (table,))]
