"""SVDF."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, ModelBuilder
from .base import Case, activation_values, random, usual_scales, zero_points


@st.composite
def svdf(draw: Any) -> Case:
    """Both widths of the memory; factors at which states and outputs neither vanish nor all saturate, and others."""
    batch, size, units, rank, memory = (draw(st.integers(1, high)) for high in (2, 9, 4, 3, 6))
    dtype = draw(st.sampled_from([np.int8, np.int16]))
    top = np.iinfo(dtype).max
    builder = ModelBuilder()
    source = builder.tensor((batch, size), draw(usual_scales), draw(zero_points))
    feature_scale = draw(st.floats(2**-10, 0.5, width=32))
    features = builder.constant(random(draw, -127, 127, (units * rank, size), np.int8), [feature_scale])
    time_scale = float(np.float32(draw(st.floats(0.125, 4.0, width=32)) / top))
    times = builder.constant(random(draw, -top, top, (units * rank, memory), dtype), [time_scale])
    state_scale = draw(st.floats(2**-7, 1.0, width=32)) * (1.0 if dtype == np.int8 else 2**-8)
    state_scale = float(np.float32(state_scale))
    bias_scale = float(np.float32(state_scale) * np.float32(time_scale))
    bias = builder.constant(random(draw, -(2**15), 2**15, (units,), np.int32), [bias_scale])
    shape, name = (batch, units * rank * memory), np.dtype(dtype).name
    state = builder.variable(shape, state_scale, 0, "memory", name)
    output = builder.tensor((batch, units), draw(usual_scales), draw(zero_points))
    activation = draw(st.sampled_from(["NONE", "RELU"]))
    builder.operator(
        "SVDF",
        [source, features, times, bias, state],
        output,
        "SVDFOptions",
        rank=rank,
        fusedActivationFunction=ACTIVATION[activation],
    )
    # TensorFlow Lite has only int16 memories, and only with a RELU, which it ignores as well.
    agree = dtype == np.int16 and activation == "RELU"
    return Case(builder.build([source], [output]), [activation_values(draw, (batch, size))], agree)
