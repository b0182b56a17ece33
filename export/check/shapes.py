"""Shape arithmetic: where the batch size was left open, exporters compute shapes at run time (SHAPE, STRIDED_SLICE, PACK …).

Every shape is known here, so these operators have one possible result each. They are evaluated as the check stage comes to them, and
what they compute becomes a constant like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..coverage import COVERAGE
from ..graph import Graph, Operator, item_type
from ..reference import EXECUTORS
from . import rules

INTEGERS = ("int32", "int64")
ARITHMETIC: dict[str, Callable[..., np.ndarray]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
}


def known_integers(
    graph: Graph, operator: Operator, checked: Callable[[Graph, Operator], Graph]
) -> tuple[np.ndarray, ...] | None:
    """What an operator of shape arithmetic computes, one array per output; None for any other operator."""
    outputs = [graph.tensors[index] for index in operator.outputs]
    if not outputs or any(tensor.dtype not in INTEGERS for tensor in outputs) or None in operator.inputs:
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
    if operator.kind in COVERAGE and "int32" in COVERAGE[operator.kind].reads:
        results = EXECUTORS[operator.kind](checked(graph, operator), operator, operands)
        return results if isinstance(results, tuple) else (results,)
    return None


def with_constants(graph: Graph, operator: Operator, values: tuple[np.ndarray, ...]) -> Graph:
    """The graph in which the operator's outputs are constants."""
    tensors = list(graph.tensors)
    for index, value in zip(operator.outputs, values, strict=True):
        tensors[index] = replace(tensors[index], shape=value.shape, data=value)
    return replace(graph, tensors=tuple(tensors))
