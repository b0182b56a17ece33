"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, ModelBuilder
from .base import Case, activation_values, activations, scales, zero_points


@st.composite
def resize(draw: Any) -> Case:
    bilinear = draw(st.booleans())
    shape = (draw(st.sampled_from([1, 1, 2])), draw(st.integers(1, 8)), draw(st.integers(1, 8)), draw(st.integers(1, 5)))
    size = draw(st.integers(1, 19)), draw(st.integers(1, 19))
    # Only nearest neighbours allow both at once.
    align, half = draw(st.sampled_from([(False, False), (True, False), (False, True), (not bilinear, not bilinear)]))
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization)
    target = builder.constant(np.array(size, np.int32))
    output = builder.tensor((shape[0], *size, shape[3]), *quantization)
    builder.operator(
        "RESIZE_BILINEAR" if bilinear else "RESIZE_NEAREST_NEIGHBOR",
        [source, target],
        output,
        "ResizeBilinearOptions" if bilinear else "ResizeNearestNeighborOptions",
        alignCorners=align,
        halfPixelCenters=half,
    )
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])


@st.composite
def attention(draw: Any) -> Case:
    """Values times what RESIZE_NEAREST_NEIGHBOR makes of gates: by two, or by something else."""
    batch, height, width, channels = draw(st.integers(1, 2)), *(draw(st.integers(1, 6)) for _ in range(3))
    factors = draw(st.sampled_from([(2, 2), (2, 2), (2, 1), (3, 2)]))
    shape = (batch, factors[0] * height, factors[1] * width, channels)
    gate_scale, gate_zero_point = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    values = builder.tensor(shape, draw(scales), draw(zero_points))
    gates = builder.tensor((batch, height, width, channels), gate_scale, gate_zero_point)
    doubled = builder.tensor(shape, gate_scale, gate_zero_point)
    output = builder.tensor(shape, draw(scales), draw(zero_points))
    size = builder.constant(np.array(shape[1:3], np.int32))
    builder.operator(
        "RESIZE_NEAREST_NEIGHBOR", [gates, size], doubled, "ResizeNearestNeighborOptions", halfPixelCenters=draw(st.booleans())
    )
    operands = draw(st.permutations([values, doubled]))
    builder.operator("MUL", operands, output, "MulOptions", fusedActivationFunction=ACTIVATION[draw(activations)])
    # Now and then another reader needs the enlarged map.
    outputs = [output, doubled] if draw(st.integers(0, 4)) == 0 else [output]
    inputs = [activation_values(draw, shape), activation_values(draw, (batch, height, width, channels))]
    return Case(builder.build([values, gates], outputs), inputs)
