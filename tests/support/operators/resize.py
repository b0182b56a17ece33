"""RESIZE_NEAREST_NEIGHBOR."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


@st.composite
def resize(draw: Any) -> Case:
    shape = (1, draw(st.integers(1, 8)), draw(st.integers(1, 8)), draw(st.integers(1, 5)))
    size = draw(st.integers(1, 19)), draw(st.integers(1, 19))
    align, half = draw(st.sampled_from([(False, False), (True, False), (False, True), (True, True)]))
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization)
    target = builder.constant(np.array(size, np.int32))
    output = builder.tensor((1, *size, shape[3]), *quantization)
    builder.operator(
        "RESIZE_NEAREST_NEIGHBOR",
        [source, target],
        output,
        "ResizeNearestNeighborOptions",
        alignCorners=align,
        halfPixelCenters=half,
    )
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])
