"""SOFTMAX and LOG_SOFTMAX over the last axis → an_softmax, an_log_softmax with a table of exponentials."""

from __future__ import annotations

from ..graph import Graph, Operator, SoftmaxOptions
from ..requantization import log_softmax_inverse, softmax_differences, softmax_table
from .call import Call, Constant, Parameter


def softmax(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, SoftmaxOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    table = softmax_table(source, options.beta)
    size = source.shape[-1]
    parameters = {"rows": source.elements // size, "size": size, "table_size": table.size}
    table_constant = Constant("exponentials", "exp of minus i input steps, Q0.31", "int32_t", table)
    return [Call(operator, "an_softmax", (source.index,), output.index, dict(parameters), (table_constant,))]


def log_softmax(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    table, differences = softmax_table(source, 1.0), softmax_differences(source, 1.0)
    size = source.shape[-1]
    multiplier, shift = log_softmax_inverse(source)
    parameters: dict[str, Parameter] = {
        "rows": source.elements // size,
        "size": size,
        "table_size": table.size,
        "inverse_multiplier": multiplier,
        "inverse_shift": shift,
    }
    constants = (
        Constant("exponentials", "exp of minus i input steps, Q0.31", "int32_t", table),
        Constant("differences", "minus i input steps, Q5.26", "int32_t", differences),
    )
    return [Call(operator, "an_log_softmax", (source.index,), output.index, parameters, constants)]
