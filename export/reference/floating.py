"""Operators on float32, operation by operation in single precision, as IEEE 754 rounds them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import ElementwiseOptions, Graph, LeakyReluOptions, Operator
from ..requantization import FLOAT_LIMITS

Float = np.float32
# The one that processors of PCs compute, where the interpreters run that this must equal. Cores differ in it.
NOT_A_NUMBER = np.array(0xFFC00000, np.uint32).view(Float)


def binary(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        result = BINARY[operator.kind](*inputs)
        options = operator.options
        assert isinstance(options, ElementwiseOptions)
        if operator.kind in CLAMPED:
            low, high = FLOAT_LIMITS[options.activation]
            result = np.where(result < low, low, result)
            result = np.where(high < result, high, result)
    return _computed(result)


def unary(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        if isinstance(operator.options, LeakyReluOptions):
            (values,) = inputs
            return _computed(np.where(values > 0, values, values * Float(operator.options.alpha)))
        return np.asarray(UNARY[operator.kind](inputs[0]))


def _computed(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), NOT_A_NUMBER, values).astype(Float)


def _round(values: np.ndarray) -> np.ndarray:
    """Half to even, by way of the floor: what rounds up to zero becomes +0."""
    floor = np.floor(values)
    rest = values - floor
    even = np.fmod(floor, Float(2)) == 0
    return np.where((rest < Float(0.5)) | ((rest == Float(0.5)) & even), floor, floor + Float(1))


def _hard_swish(values: np.ndarray) -> np.ndarray:
    raised = values + Float(3)
    gate = np.where(raised < 0, Float(0), raised)
    return values * np.where(gate > 6, Float(6), gate) / Float(6)


BINARY: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "ADD": np.add,
    "SUB": np.subtract,
    "MUL": np.multiply,
    "DIV": np.divide,
    "SQUARED_DIFFERENCE": lambda first, second: (first - second) * (first - second),
    "MINIMUM": lambda first, second: np.where(first < second, first, second),
    "MAXIMUM": lambda first, second: np.where(first > second, first, second),
    "PRELU": lambda first, second: np.where(first >= 0, first, first * second),
}
CLAMPED = ("ADD", "SUB", "MUL", "DIV")

UNARY: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "NEG": np.negative,
    "ABS": np.abs,
    "SQUARE": lambda values: _computed(values * values),
    "FLOOR": np.floor,
    "CEIL": np.ceil,
    "ROUND": _round,
    "SQRT": lambda values: _computed(np.sqrt(values)),
    "RSQRT": lambda values: _computed(Float(1) / np.sqrt(values)),
    "RELU": lambda values: np.where(values < 0, Float(0), values),
    "RELU6": lambda values: np.where(values > 6, Float(6), np.where(values < 0, Float(0), values)),
    "HARD_SWISH": lambda values: _computed(_hard_swish(values)),
}
