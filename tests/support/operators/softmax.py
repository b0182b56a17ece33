"""SOFTMAX and LOG_SOFTMAX."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, zero_points


@st.composite
def log_softmax(draw: Any) -> Case:
    shape = draw(st.sampled_from([(1, 1), (1, 2), (3, 7), (1, 50), (2, 3, 4), (1, 2, 2, 5), (1, 4095)]))
    builder = ModelBuilder()
    source = builder.tensor(
        shape, draw(st.floats(2**-16, 1.0, width=32) | st.floats(2**-25, 2**7, width=32)), draw(zero_points)
    )
    output = builder.tensor(shape, 1 / 16, 127)
    builder.operator("LOG_SOFTMAX", [source], output)
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])


@st.composite
def softmax(draw: Any) -> Case:
    """At most 511 classes: with more that are nearly equal, the reference kernel stops the program."""
    shape = draw(st.sampled_from([(1, 1), (1, 2), (1, 10), (3, 7), (1, 50), (2, 3, 4), (1, 2, 2, 5), (1, 500)]))
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(st.floats(2**-16, 1.0, width=32)), draw(zero_points))
    output = builder.tensor(shape, 1 / 256, -128)
    builder.operator("SOFTMAX", [source], output, "SoftmaxOptions", beta=draw(st.sampled_from([1.0, 1.0, 0.5])))
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])
