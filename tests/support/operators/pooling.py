"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from export.geometry import span

from ..model_builder import ACTIVATION, PADDING, ModelBuilder
from .base import Case, activation_values, activations, paddings, scales, small, zero_points


@st.composite
def pooling(draw: Any) -> Case:
    height, width, depth = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.integers(1, 5))
    window, stride, padding = (draw(st.integers(1, 4)), draw(st.integers(1, 4))), (draw(small), draw(small)), draw(paddings)
    if padding == "VALID" and (window[0] > height or window[1] > width):
        padding = "SAME"
    sides = [span(size, w, s, 1, padding).output for size, w, s in zip((height, width), window, stride, strict=True)]
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor((1, height, width, depth), *quantization)
    output = builder.tensor((1, *sides, depth), *quantization)
    builder.operator(
        draw(st.sampled_from(["AVERAGE_POOL_2D", "MAX_POOL_2D"])),
        [source],
        output,
        "Pool2DOptions",
        padding=PADDING[padding],
        strideH=stride[0],
        strideW=stride[1],
        filterHeight=window[0],
        filterWidth=window[1],
        fusedActivationFunction=ACTIVATION[draw(activations)],
    )
    return Case(builder.build([source], [output]), [activation_values(draw, (1, height, width, depth))])
