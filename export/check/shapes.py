"""Shape arithmetic: where the batch size was left open, exporters compute shapes at run time (SHAPE, STRIDED_SLICE, PACK …).

Every shape is known here, so these operators have one possible result each; so have FILL and ZEROS_LIKE. They are evaluated as the
check stage comes to them, and what they compute becomes a constant like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod

import numpy as np

from ..coverage import COVERAGE
from ..graph import Graph, Operator, ReductionOptions, Tensor, item_type
from ..reference import EXECUTORS
from . import rules

ARITHMETIC = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "FLOOR_DIV": np.floor_divide,
    "FLOOR_MOD": np.remainder,
    "MINIMUM": np.minimum,
    "MAXIMUM": np.maximum,
    "CAST": np.positive,
}
FILLS = ("FILL", "ZEROS_LIKE")
LARGEST_RESULT = 1 << 20


def known_integers(
    graph: Graph, operator: Operator, checked: Callable[[Graph, Operator], Graph]
) -> tuple[np.ndarray, ...] | None:
    """What an operator of shape arithmetic computes, one array per output; None for any other operator."""
    outputs = [graph.tensors[index] for index in operator.outputs]
    if not outputs or None in operator.inputs:
        return None
    inputs = [graph.input_of(operator, position) for position in range(len(operator.inputs))]
    if operator.kind in FILLS:
        return (_filled(graph, operator, inputs, outputs[0]),)
    if any(tensor.dtype not in rules.INTEGERS for tensor in outputs):
        return None
    if operator.kind == "SHAPE" and len(inputs) == 1:
        rules.require(min(inputs[0].shape, default=1) >= 1, operator, f"reads the dynamic shape {list(inputs[0].shape)}")
        return (np.array(inputs[0].shape, item_type(outputs[0].dtype)),)
    operands = [tensor.data for tensor in inputs if tensor.data is not None and tensor.dtype in rules.INTEGERS]
    if len(operands) < len(inputs):
        return None
    if operator.kind in ARITHMETIC or operator.kind == "REDUCE_PROD":
        return (_calculated(operator, [values.astype(np.int64) for values in operands]).astype(item_type(outputs[0].dtype)),)
    if operator.kind in EXECUTORS:
        graph = checked(graph, operator)
        _require_small(operator, sum(graph.tensors[index].elements for index in operator.outputs))
        results = EXECUTORS[operator.kind](graph, operator, operands)
        return results if isinstance(results, tuple) else (results,)
    return None


def _calculated(operator: Operator, operands: list[np.ndarray]) -> np.ndarray:
    """What an operator on plain integers gives, as int64."""
    arity = ARITHMETIC[operator.kind].nin if operator.kind in ARITHMETIC else 2
    rules.require(len(operands) == arity, operator, f"has {len(operands)} inputs")
    if isinstance(operator.options, ReductionOptions):
        values, axes = operands
        reduced = tuple({rules.axis(operator, int(axis), values.ndim) for axis in axes.reshape(-1)})
        return np.asarray(np.prod(values, axis=reduced, keepdims=operator.options.keep_dims))
    if operator.kind in ("FLOOR_DIV", "FLOOR_MOD"):
        rules.require(bool(operands[1].all()), operator, "divides by zero")
    try:
        _require_small(operator, prod(np.broadcast_shapes(*(values.shape for values in operands))))
    except ValueError:
        rules.refuse(operator, "its operands do not broadcast", "Export the model again.")
    return np.asarray(ARITHMETIC[operator.kind](*operands))


def _filled(graph: Graph, operator: Operator, inputs: list[Tensor], output: Tensor) -> np.ndarray:
    """FILL and ZEROS_LIKE: known whatever the model's input is. A zero is the stored value 0, not the zero point."""
    rules.movable(output, operator, COVERAGE[operator.kind].writes)
    _require_small(operator, output.elements)
    if operator.kind == "ZEROS_LIKE":
        rules.arity(operator, 1, 1)
        rules.same_elements(operator, inputs[0].shape, output)
        return np.zeros(output.shape, item_type(output.dtype))
    rules.arity(operator, 2, 2)
    shape = tuple(rules.integers(graph, operator, 0, "sizes", rules.INTEGERS))
    rules.same_elements(operator, shape, output)
    value = rules.constant(graph, operator, 1, (output.dtype,), "value")
    rules.require(value.shape == () and value.data is not None, operator, f"has a value of shape {list(value.shape)}")
    return np.full(shape, value.data, item_type(output.dtype))


def _require_small(operator: Operator, elements: int) -> None:
    rules.require(elements <= LARGEST_RESULT, operator, f"computes {elements} constants")


def with_constants(graph: Graph, operator: Operator, values: tuple[np.ndarray, ...]) -> Graph:
    """The graph in which the operator's outputs are constants."""
    rules.require(len(operator.outputs) == len(values), operator, f"has {len(operator.outputs)} outputs")
    tensors = list(graph.tensors)
    for index, value in zip(operator.outputs, values, strict=True):
        tensors[index] = replace(tensors[index], shape=value.shape, data=value)
    return replace(graph, tensors=tuple(tensors))
