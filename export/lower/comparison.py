"""Comparisons → an_greater, an_equal … on real values; AND and OR are minimum and maximum; SELECT_V2 → an_select."""

from __future__ import annotations

import numpy as np

from ..fixed_point import quantize_multiplier
from ..geometry import broadcast, broadcast_walk
from ..graph import Graph, Operator, Tensor, item_type
from ..requantization import COMPARISON_SHIFT, comparison_factor
from .activation import table_call
from .call import Call, Parameter

# LESS is GREATER with its operands the other way round.
SWAPPED = {"LESS": "an_greater", "LESS_EQUAL": "an_greater_equal"}
LOGICAL = {"LOGICAL_AND": "an_minimum", "LOGICAL_OR": "an_maximum"}


def compare(graph: Graph, operator: Operator) -> list[Call]:
    first, second = graph.input_of(operator, 0), graph.input_of(operator, 1)
    if operator.kind in SWAPPED:
        first, second = second, first
    parameters: dict[str, Parameter] = {"left_shift": COMPARISON_SHIFT}
    for name, tensor in (("first", first), ("second", second)):
        zero_point, (multiplier, shift) = (
            (0, quantize_multiplier(0.5)) if tensor.dtype == "bool" else (tensor.zero_point, comparison_factor(tensor))
        )
        parameters |= {f"{name}_zero_point": zero_point, f"{name}_multiplier": multiplier, f"{name}_shift": shift}
    kernel = SWAPPED.get(operator.kind, f"an_{operator.kind.lower()}")
    return _call(graph, operator, kernel, first, second, parameters)


def logical(graph: Graph, operator: Operator) -> list[Call]:
    return _call(graph, operator, LOGICAL[operator.kind], graph.input_of(operator, 0), graph.input_of(operator, 1), {})


def logical_not(graph: Graph, operator: Operator) -> list[Call]:
    return table_call(graph, operator, np.array([int(value == 0) for value in range(-128, 128)], np.int8))


def select(graph: Graph, operator: Operator) -> list[Call]:
    condition, first, second = (graph.input_of(operator, position) for position in range(3))
    item = item_type(first.dtype).itemsize
    sizes, (condition_steps, first_steps, second_steps) = broadcast_walk(condition.shape, first.shape, second.shape)
    parameters: dict[str, Parameter] = {
        "sizes": sizes,
        "condition_steps": condition_steps,
        "first_steps": tuple(item * step for step in first_steps),
        "second_steps": tuple(item * step for step in second_steps),
        "item_bytes": item,
    }
    operands = (condition.index, first.index, second.index)
    return [Call(operator, "an_select", operands, graph.output_of(operator).index, parameters)]


def _call(
    graph: Graph, operator: Operator, kernel: str, first: Tensor, second: Tensor, parameters: dict[str, Parameter]
) -> list[Call]:
    walk = broadcast(first.shape, second.shape)
    sizes: dict[str, Parameter] = {"sizes": walk.sizes, "first_steps": walk.first, "second_steps": walk.second}
    return [Call(operator, kernel, (first.index, second.index), graph.output_of(operator).index, sizes | parameters)]
