"""Operators on float32, with values at the limits of what floats hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, ModelBuilder
from .base import Case, activations, drawn_shape

FUSED = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
BINARY = (*FUSED, "MINIMUM", "MAXIMUM", "SQUARED_DIFFERENCE", "PRELU")
UNARY = ("NEG", "ABS", "SQUARE", "FLOOR", "CEIL", "ROUND", "SQRT", "RSQRT", "RELU", "RELU6", "LEAKY_RELU", "HARD_SWISH")
EDGES = np.array(
    [
        0.0,
        -0.0,
        np.inf,
        -np.inf,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        3.0,
        -3.0,
        6.0,
        8388607.5,
        -8388608.0,
        16777216.0,
        3.4e38,
        1e-40,
        -1e-45,
    ],
    np.float32,
)


@st.composite
def binary(draw: Any) -> Case:
    """Equal shapes, broadcast axes on either side, a lower rank, a constant operand."""
    kind = draw(st.sampled_from(BINARY))
    full = drawn_shape(draw, 1, 4)
    first, second = (tuple(1 if draw(st.integers(0, 3)) == 0 else size for size in full) for _ in range(2))
    second = second[draw(st.integers(0, len(full) - 1)) :] if draw(st.booleans()) else second
    builder = ModelBuilder()
    inputs, feeds = [builder.tensor(first, 1.0, 0, dtype="float32")], [_values(draw, first)]
    if draw(st.booleans()):
        other = builder.constant(_values(draw, second))
    else:
        other = builder.tensor(second, 1.0, 0, dtype="float32")
        inputs.append(other)
        feeds.append(_values(draw, second))
    turned = draw(st.booleans())
    output = builder.tensor(np.broadcast_shapes(first, second), 1.0, 0, dtype="float32")
    fields = {"fusedActivationFunction": ACTIVATION[draw(activations)]} if kind in FUSED else {}
    builder.operator(kind, [other, inputs[0]] if turned else [inputs[0], other], output, FUSED.get(kind), **fields)
    # TensorFlow Lite does not broadcast PRELU's input.
    agree = kind != "PRELU" or (second if turned else first) == np.broadcast_shapes(first, second)
    return Case(builder.build(inputs, [output]), feeds, agree=agree)


@st.composite
def unary(draw: Any) -> Case:
    """TensorFlow Lite's reference kernels lack CEIL and ROUND."""
    kind = draw(st.sampled_from(UNARY))
    shape = (1, 64)
    builder = ModelBuilder()
    source, output = (builder.tensor(shape, 1.0, 0, dtype="float32") for _ in range(2))
    fields = {"alpha": draw(st.floats(-2.0, 4.0, width=32))} if kind == "LEAKY_RELU" else {}
    builder.operator(kind, [source], output, "LeakyReluOptions" if fields else None, **fields)
    return Case(builder.build([source], [output]), [_values(draw, shape)], agree=kind not in ("CEIL", "ROUND"))


def _values(draw: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of usual size, numbers of any size, and edges; nothing that is not a number."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    usual = generator.normal(0, 8, shape).astype(np.float32)
    any_bits = generator.integers(0, 2**32, shape, np.uint32).view(np.float32)
    values = np.choose(
        generator.integers(0, 4, shape), [usual, np.round(usual * 2) / 2, any_bits, generator.choice(EDGES, shape)]
    )
    return np.where(np.isnan(values), np.float32(1), values).astype(np.float32)
