"""CONV_2D and DEPTHWISE_CONV_2D."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from export.geometry import span

from ..model_builder import ACTIVATION, PADDING, ModelBuilder
from .base import Case, activation_values, activations, channel_scales, paddings, random, scales, small, zero_points


@st.composite
def convolution(draw: Any, depthwise: bool = False) -> Case:
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    window = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    padding = draw(paddings)
    # The reference kernels refuse a stride together with a dilation only in training frameworks; both are drawn here.
    stride, dilation = (draw(small), draw(small)), (draw(st.integers(1, 2)), draw(st.integers(1, 2)))
    sides = [span(size, w, s, d, padding) for size, w, s, d in zip((height, width), window, stride, dilation, strict=True)]
    if min(side.output for side in sides) < 1:
        padding = "SAME"
        sides = [span(size, w, s, d, padding) for size, w, s, d in zip((height, width), window, stride, dilation, strict=True)]
    groups = draw(st.integers(1, 3))
    depth = groups * draw(st.integers(1, 5))
    batch = draw(st.sampled_from([1, 1, 1, 2]))
    builder = ModelBuilder()
    source = builder.tensor((batch, height, width, depth), draw(scales), draw(zero_points))
    if depthwise:
        channels = depth * draw(st.integers(1, 3))
        shape, axis = (1, *window, channels), 3
    else:
        channels = groups * draw(st.integers(1, 5))
        shape, axis = (channels, *window, depth // groups), 0
    weights = builder.constant(random(draw, -128, 127, shape, np.int8), channel_scales(draw, channels), axis=axis)
    operands = [source, weights]
    has_bias = draw(st.booleans())
    if has_bias:
        limit = draw(st.sampled_from([20_000, 2**30]))
        operands.append(builder.constant(random(draw, -limit, limit, (channels,), np.int32), [1.0]))
    output = builder.tensor((batch, sides[0].output, sides[1].output, channels), draw(scales), draw(zero_points))
    fields: dict[str, Any] = {
        "padding": PADDING[padding],
        "strideH": stride[0],
        "strideW": stride[1],
        "dilationHFactor": dilation[0],
        "dilationWFactor": dilation[1],
        "fusedActivationFunction": ACTIVATION[draw(activations)],
    }
    if depthwise:
        builder.operator(
            "DEPTHWISE_CONV_2D", operands, output, "DepthwiseConv2DOptions", depthMultiplier=channels // depth, **fields
        )
    else:
        builder.operator("CONV_2D", operands, output, "Conv2DOptions", **fields)
    # TensorFlow Lite refuses int8 convolutions without a bias; TensorFlow Lite Micro runs them.
    return Case(builder.build([source], [output]), [activation_values(draw, (batch, height, width, depth))], agree=has_bias)
