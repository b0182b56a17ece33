"""Comparisons, logic and selection."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, drawn_shape, values_of, zero_points

LOGICAL = ("LOGICAL_AND", "LOGICAL_OR")
EQUALITIES = ("EQUAL", "NOT_EQUAL")
ORDERS = ("GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")
# Small enough that neighbouring values compare as equal, and close to the limit of 1.
comparison_scales = st.floats(2**-12, 255 / 256, width=32)


@st.composite
def comparison(draw: Any) -> Case:
    """Of int8 or bool; equal shapes, broadcast axes on either side, a lower rank, a constant operand, a tensor with itself."""
    kind = draw(st.sampled_from([*ORDERS, *EQUALITIES, *LOGICAL, "LOGICAL_NOT"]))
    dtype = "bool" if kind.startswith("LOGICAL") else draw(st.sampled_from(["int8", "bool"])) if kind in EQUALITIES else "int8"
    full = drawn_shape(draw, 1, 4)
    builder, feeds = ModelBuilder(), []
    source = builder.tensor(full, draw(comparison_scales), draw(zero_points), dtype=dtype)
    feeds.append(values_of(draw, full, dtype))
    operands, inputs = [source], [source]
    if kind != "LOGICAL_NOT":
        second = _operand(draw, builder, full, dtype, inputs, feeds)
        operands = [source, second] if draw(st.booleans()) else [second, source]
    output = builder.tensor(full, 1.0, 0, dtype="bool")
    builder.operator(kind, operands, output)
    return Case(builder.build(inputs, [output]), feeds)


@st.composite
def selection(draw: Any) -> Case:
    dtype = draw(st.sampled_from(["int8", "float32"]))
    full = drawn_shape(draw, 1, 4)
    builder = ModelBuilder()
    condition = builder.tensor(full, 1.0, 0, dtype="bool")
    inputs, feeds = [condition], [values_of(draw, full, "bool")]
    operands = [_operand(draw, builder, full, dtype, inputs, feeds) for _ in range(2)]
    output = builder.tensor(full, 0.1, 0, dtype=dtype)
    builder.operator("SELECT_V2", [condition, *operands], output, "SelectV2Options")
    return Case(builder.build(inputs, [output]), feeds)


@st.composite
def cast(draw: Any) -> Case:
    source_type = draw(st.sampled_from(["int8", "bool"]))
    builder = ModelBuilder()
    values = np.arange(256).astype(np.uint8).view(np.int8).reshape(1, 256)
    values = values > 0 if source_type == "bool" else values
    source = builder.tensor((1, 256), 0.1, draw(zero_points), dtype=source_type)
    output = builder.tensor((1, 256), 0.3, draw(zero_points), dtype=draw(st.sampled_from(["int8", "bool", "int32", "float32"])))
    builder.operator("CAST", [source], output, "CastOptions")
    return Case(builder.build([source], [output]), [values])


def _operand(draw: Any, builder: ModelBuilder, full: tuple[int, ...], dtype: str, inputs: list[int], feeds: list[Any]) -> int:
    """One more input, or a constant, of a shape that broadcasts to ``full``."""
    shape = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    shape = shape[draw(st.integers(0, len(full) - 1)) :] if draw(st.booleans()) else shape
    values, scale, zero_point = values_of(draw, shape, dtype), draw(comparison_scales), draw(zero_points)
    if draw(st.booleans()):
        return builder.constant(values, [scale] if dtype == "int8" else None, zero_point)
    inputs.append(builder.tensor(shape, scale, zero_point, dtype=dtype))
    feeds.append(values)
    return inputs[-1]
