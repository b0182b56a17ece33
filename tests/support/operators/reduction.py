"""MEAN."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


@st.composite
def reduction(draw: Any) -> Case:
    shape = tuple(draw(st.integers(1, 7)) for _ in range(4))
    axes = draw(st.lists(st.integers(-4, 3), min_size=1, max_size=4, unique_by=lambda axis: axis % 4))
    keep = draw(st.booleans())
    kept = [1 if i in {a % 4 for a in axes} else size for i, size in enumerate(shape)]
    expected = tuple(kept) if keep else tuple(size for i, size in enumerate(shape) if i not in {a % 4 for a in axes})
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(scales), draw(zero_points))
    axis = builder.constant(np.array(axes, np.int32))
    same = draw(st.booleans())
    first = builder.graph.tensors[source].quantization
    quantization = (first.scale[0], first.zeroPoint[0]) if same else (draw(scales), draw(zero_points))
    output = builder.tensor(expected, *quantization)
    builder.operator("MEAN", [source, axis], output, "ReducerOptions", keepDims=keep)
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])
