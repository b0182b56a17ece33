"""L2_NORMALIZATION over the last axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


@st.composite
def l2_normalization(draw: Any) -> Case:
    """Rows of all magnitudes: some vanish, some are long enough to bring the sum of squares near 32 bits."""
    shape = draw(st.sampled_from([(1,), (7,), (1, 128), (3, 5), (2, 3, 4), (1, 4, 4, 3), (2, 2, 2, 9), (1, 33000)]))
    zero_point = draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(scales), zero_point)
    output = builder.tensor(shape, 1 / 128, 0)
    builder.operator("L2_NORMALIZATION", [source], output, "L2NormOptions")
    near = draw(st.sampled_from([0, 1, 3, 30, 255]))
    values = np.clip(activation_values(draw, shape), max(-128, zero_point - near), min(127, zero_point + near))
    return Case(builder.build([source], [output]), [values.astype(np.int8)])
