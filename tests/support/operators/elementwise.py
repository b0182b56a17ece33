"""Operators of two operands."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, ModelBuilder
from .base import Case, activation_values, activations, scales, zero_points

# The options tables, and the rank up to which the reference kernel broadcasts.
KINDS = {
    "ADD": ("AddOptions", 6),
    "SUB": ("SubOptions", 6),
    "MUL": ("MulOptions", 6),
    "MINIMUM": (None, 5),
    "MAXIMUM": (None, 5),
    "SQUARED_DIFFERENCE": (None, 4),
    "PRELU": (None, 4),
}


@st.composite
def elementwise(draw: Any) -> Case:
    """Equal shapes, broadcast axes on either side, a lower rank, a constant operand."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    options, most = KINDS[kind]
    rank = draw(st.integers(1, most))
    full = tuple(draw(st.integers(1, 5 if rank <= 4 else 2)) for _ in range(rank))
    first = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    second = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    second = second[draw(st.integers(0, rank - 1)) :] if draw(st.booleans()) else second
    shape = np.broadcast_shapes(first, second)
    scale_a, scale_b = draw(scales), draw(scales)
    builder = ModelBuilder()
    a = builder.tensor(first, scale_a, draw(zero_points))
    inputs, feeds = [a], [activation_values(draw, first)]
    if draw(st.booleans()):
        b = builder.tensor(second, scale_b, draw(zero_points))
        inputs.append(b)
        feeds.append(activation_values(draw, second))
    else:
        b = builder.constant(activation_values(draw, second), [scale_b], draw(zero_points))
    scale_out = draw(scales)
    output = builder.tensor(shape, scale_out, draw(zero_points))
    operands = [a, b] if draw(st.booleans()) else [b, a]
    fields = {"fusedActivationFunction": ACTIVATION[draw(activations)]} if options else {}
    builder.operator(kind, operands, output, options, **fields)
    agree = {
        # TensorFlow Lite forms these factors in double precision, TensorFlow Lite Micro in single precision.
        "SUB": False,
        # TensorFlow Lite aborts where the output is not a reduction, and refuses to broadcast PRELU's input.
        "SQUARED_DIFFERENCE": (2 * max(scale_a, scale_b)) ** 2 < 2**14 * scale_out,
        "PRELU": (first if operands == [a, b] else second) == shape,
    }.get(kind, True)
    return Case(builder.build(inputs, [output]), feeds, agree=agree)
