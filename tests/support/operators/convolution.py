"""CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV."""

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
    # Some cores have kernels of their own for 3x3, and for windows that are the whole input.
    whole = not depthwise and draw(st.integers(0, 4)) == 4
    window = (height, width) if whole else draw(st.one_of(st.just((3, 3)), st.tuples(st.integers(1, 4), st.integers(1, 4))))
    padding = "VALID" if whole else draw(paddings)
    # The reference kernels refuse a stride together with a dilation only in training frameworks; both are drawn here.
    stride, dilation = (draw(small), draw(small)), (1, 1) if whole else (draw(st.integers(1, 2)), draw(st.integers(1, 2)))
    sides = [span(size, w, s, d, padding) for size, w, s, d in zip((height, width), window, stride, dilation, strict=True)]
    if min(side.output for side in sides) < 1:
        padding = "SAME"
        sides = [span(size, w, s, d, padding) for size, w, s, d in zip((height, width), window, stride, dilation, strict=True)]
    groups = 1 if whole else draw(st.integers(1, 3))
    depth = groups * draw(st.integers(1, 5))
    if depthwise:
        depth = draw(st.sampled_from([depth, depth, 16, 19]))
    batch = draw(st.sampled_from([1, 1, 1, 2]))
    builder = ModelBuilder()
    source = builder.tensor((batch, height, width, depth), draw(scales), draw(zero_points))
    if depthwise:
        channels = depth * draw(st.integers(1, 3))
        shape, axis = (1, *window, channels), 3
    else:
        channels = groups * draw(st.sampled_from([1, 2, 3, 4, 5, 8, 11]))
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


@st.composite
def transpose_convolution(draw: Any) -> Case:
    """Outputs of the usual size, or cut or filled up by a few rows and columns."""
    shape = (draw(st.sampled_from([1, 1, 2])), draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.integers(1, 5)))
    window, stride = (draw(st.integers(1, 5)), draw(st.integers(1, 5))), (draw(small), draw(small))
    padding, channels = draw(paddings), draw(st.integers(1, 5))
    sides = [
        draw(st.integers(-1, 2)) + (size * s if padding == "SAME" else (size - 1) * s + w)
        for size, s, w in zip(shape[1:3], stride, window, strict=True)
    ]
    sides = [max(side, w if padding == "VALID" else 1) for side, w in zip(sides, window, strict=True)]
    builder = ModelBuilder()
    source = builder.tensor(shape, draw(scales), draw(zero_points))
    output_shape = (shape[0], *sides, channels)
    weights = builder.constant(random(draw, -128, 127, (channels, *window, shape[3]), np.int8), channel_scales(draw, channels))
    operands = [builder.constant(np.array(output_shape, np.int32)), weights, source]
    if draw(st.booleans()):
        operands.append(builder.constant(random(draw, -20_000, 20_000, (channels,), np.int32), [1.0]))
    output = builder.tensor(output_shape, draw(scales), draw(zero_points))
    builder.operator(
        "TRANSPOSE_CONV",
        operands,
        output,
        "TransposeConvOptions",
        padding=PADDING[padding],
        strideH=stride[0],
        strideW=stride[1],
        fusedActivationFunction=ACTIVATION[draw(activations)],
    )
    # TensorFlow Lite refuses outputs of another size; TensorFlow Lite Micro fills them.
    usual = all(
        span(side, w, s, 1, padding).output == size for side, w, s, size in zip(sides, window, stride, shape[1:3], strict=True)
    )
    return Case(builder.build([source], [output]), [activation_values(draw, shape)], agree=usual)
