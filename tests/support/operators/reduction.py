"""MEAN, SUM, REDUCE_MAX and REDUCE_MIN; ARG_MAX and ARG_MIN; CUMSUM and ADD_N."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


@st.composite
def reduction(draw: Any) -> Case:
    kind = draw(st.sampled_from(["MEAN", "MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"]))
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=5)))
    rank = len(shape)
    axes = draw(st.lists(st.integers(-rank, rank - 1), min_size=1, max_size=rank, unique_by=lambda axis: axis % rank))
    keep = draw(st.booleans())
    reduced = {axis % rank for axis in axes}
    kept = [1 if i in reduced else size for i, size in enumerate(shape)]
    expected = tuple(kept) if keep else tuple(size for i, size in enumerate(shape) if i not in reduced)
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(scales), draw(zero_points))
    axis = builder.constant(np.array(axes[0] if len(axes) == 1 and draw(st.booleans()) else axes, np.int32))
    same = kind.startswith("REDUCE") or draw(st.booleans())
    first = builder.graph.tensors[source].quantization
    quantization = (first.scale[0], first.zeroPoint[0]) if same else (draw(scales), draw(zero_points))
    output = builder.tensor(expected, *quantization)
    builder.operator(kind, [source, axis], output, "ReducerOptions", keepDims=keep)
    # TensorFlow Lite's reference kernel takes the int8 values of SUM for unsigned ones.
    return Case(builder.build([source], [output]), [activation_values(draw, shape)], agree=kind != "SUM")


@st.composite
def arg_extreme(draw: Any) -> Case:
    """Few different values, so that there are ties."""
    kind = draw(st.sampled_from(["ARG_MAX", "ARG_MIN"]))
    shape = tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=5)))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(scales), draw(zero_points))
    dtype = draw(st.sampled_from(["int32", "int64"]))
    left = tuple(size for i, size in enumerate(shape) if i != axis % len(shape))
    output = builder.tensor(left, 1.0, 0, dtype=dtype)
    operands = [source, builder.constant(np.array([axis] if draw(st.booleans()) else axis, np.int32))]
    builder.operator(kind, operands, output, f"Arg{kind[4:].title()}Options", outputType={"int32": 2, "int64": 4}[dtype])
    values = activation_values(draw, shape) // draw(st.sampled_from([1, 50]))
    # TensorFlow Lite Micro finds positions as int32 only.
    return Case(builder.build([source], [output]), [values], micro=dtype == "int32")


@st.composite
def cumsum(draw: Any) -> Case:
    shape = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=4)))
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(scales), draw(zero_points))
    axis = builder.constant(np.array(draw(st.integers(-len(shape), len(shape) - 1)), np.int32))
    output = builder.tensor(shape, draw(scales), draw(zero_points))
    fields = {"exclusive": draw(st.booleans()), "reverse": draw(st.booleans())}
    builder.operator("CUMSUM", [source, axis], output, "CumsumOptions", **fields)
    # TensorFlow Lite has no int8 CUMSUM.
    return Case(builder.build([source], [output]), [activation_values(draw, shape)], agree=False)


@st.composite
def add_n(draw: Any) -> Case:
    """Of two to six tensors, constants and one tensor again among them."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    builder = ModelBuilder()
    scale, zero_point = draw(scales), draw(zero_points)
    inputs = [builder.tensor(shape, scale, zero_point) for _ in range(draw(st.integers(1, 3)))]
    others = [builder.constant(activation_values(draw, shape), [scale], zero_point) for _ in range(draw(st.integers(0, 2)))]
    output = builder.tensor(shape, draw(scales), draw(zero_points))
    builder.operator("ADD_N", [*inputs, *others, inputs[0]], output, "AddNOptions")
    # TensorFlow Lite has no int8 ADD_N.
    return Case(builder.build(inputs, [output]), [activation_values(draw, shape) for _ in inputs], agree=False)
