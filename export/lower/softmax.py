"""SOFTMAX over the last axis → an_softmax with a table of exponentials."""

from __future__ import annotations

from ..graph import Graph, Operator, SoftmaxOptions
from ..requantization import softmax_table
from .call import Call, Constant


def softmax(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, SoftmaxOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    table = softmax_table(source, options.beta)
    size = source.shape[-1]
    parameters = {"rows": source.elements // size, "size": size, "table_size": table.size}
    table_constant = Constant("exponentials", "exp of minus i input steps, Q0.31", "int32_t", table)
    return [Call(operator, "an_softmax", (source.index,), output.index, dict(parameters), (table_constant,))]
