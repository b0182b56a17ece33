"""ADD and MUL."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, ModelBuilder
from .base import Case, activation_values, activations, scales, zero_points


@st.composite
def elementwise(draw: Any) -> Case:
    """ADD or MUL: equal shapes, broadcast axes on either side, a lower rank, a constant operand."""
    rank = draw(st.integers(1, 4))
    full = tuple(draw(st.integers(1, 5)) for _ in range(rank))
    first = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    second = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    second = second[draw(st.integers(0, rank - 1)) :] if draw(st.booleans()) else second
    shape = np.broadcast_shapes(first, second)
    kind = draw(st.sampled_from(["ADD", "MUL"]))
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
    output = builder.tensor(shape, draw(scales), draw(zero_points))
    operands = [a, b] if draw(st.booleans()) else [b, a]
    builder.operator(kind, operands, output, f"{kind.title()}Options", fusedActivationFunction=ACTIVATION[draw(activations)])
    return Case(builder.build(inputs, [output]), feeds)
