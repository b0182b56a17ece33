"""Comparisons, logic and selection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..fixed_point import multiply_by_quantized_multiplier
from ..graph import Graph, Operator
from ..requantization import COMPARISON_SHIFT, comparison_factor

COMPARISONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "EQUAL": np.equal,
    "NOT_EQUAL": np.not_equal,
    "GREATER": np.greater,
    "GREATER_EQUAL": np.greater_equal,
    "LESS": np.less,
    "LESS_EQUAL": np.less_equal,
    "LOGICAL_AND": np.logical_and,
    "LOGICAL_OR": np.logical_or,
}


def compare(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    if inputs[0].dtype == np.int8:
        inputs = [_scaled(graph, operator, position, values) for position, values in enumerate(inputs)]
    return np.asarray(COMPARISONS[operator.kind](*inputs))


def logical_not(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.logical_not(inputs[0])


def select(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.where(*inputs)


def _scaled(graph: Graph, operator: Operator, position: int, values: np.ndarray) -> np.ndarray:
    """Steps of 1/256 of a real unit: values that are closer than that compare as equal."""
    tensor = graph.input_of(operator, position)
    centered = values.astype(np.int64) - tensor.zero_point
    return multiply_by_quantized_multiplier(centered << COMPARISON_SHIFT, *comparison_factor(tensor))
