"""Shape arithmetic: where the batch size was left open, exporters compute shapes at run time (SHAPE, STRIDED_SLICE, PACK …).

Every shape is known here, so these operators have one possible result each. They are evaluated before anything else is checked, and
what they compute becomes a constant like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..graph import Graph, Operator, item_type
from ..reference import EXECUTORS
from . import rules

ARITHMETIC: dict[str, Callable[..., np.ndarray]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
}


def resolve_shapes(graph: Graph, checks: dict[str, Callable[[Graph, Operator], None]]) -> Graph:
    """The graph without the operators whose results are known integers, and these results as constants."""
    operators = []
    for operator in graph.operators:
        values = _values(graph, operator, checks)
        if values is None:
            operators.append(operator)
        else:
            graph = _with_constants(graph, operator, values)
    return replace(graph, operators=tuple(operators))


def _values(
    graph: Graph, operator: Operator, checks: dict[str, Callable[[Graph, Operator], None]]
) -> tuple[np.ndarray, ...] | None:
    outputs = [graph.tensors[index] for index in operator.outputs]
    if not outputs or any(tensor.dtype not in rules.INTEGERS for tensor in outputs) or None in operator.inputs:
        return None
    inputs = [graph.input_of(operator, position) for position in range(len(operator.inputs))]
    if operator.kind == "SHAPE" and len(inputs) == 1:
        rules.require(min(inputs[0].shape, default=1) >= 1, operator, f"reads the dynamic shape {list(inputs[0].shape)}")
        return (np.array(inputs[0].shape, item_type(outputs[0].dtype)),)
    operands = [tensor.data for tensor in inputs if tensor.data is not None]
    if len(operands) < len(inputs):
        return None
    if operator.kind in ARITHMETIC and len(operands) == 2:
        try:
            result = ARITHMETIC[operator.kind](*(values.astype(np.int64) for values in operands))
        except ValueError:
            rules.refuse(operator, "its operands do not broadcast", "Export the model again.")
        return (result.astype(item_type(outputs[0].dtype)),)
    if operator.kind in checks:
        checks[operator.kind](graph, operator)
        results = EXECUTORS[operator.kind](graph, operator, operands)
        return results if isinstance(results, tuple) else (results,)
    return None


def _with_constants(graph: Graph, operator: Operator, values: tuple[np.ndarray, ...]) -> Graph:
    tensors = list(graph.tensors)
    for index, value in zip(operator.outputs, values, strict=True):
        rules.require(tensors[index].data is None, operator, f"writes the constant '{tensors[index].name}'")
        tensors[index] = replace(tensors[index], shape=value.shape, data=value)
    return replace(graph, tensors=tuple(tensors))
