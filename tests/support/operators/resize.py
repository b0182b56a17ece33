"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


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
