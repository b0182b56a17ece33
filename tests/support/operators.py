"""Hypothesis strategies: random models of one operator each, and random inputs for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from export.geometry import span

from .model_builder import ACTIVATION, PADDING, ModelBuilder


@dataclass(frozen=True)
class Case:
    """A model with inputs for it; ``agree`` says whether TensorFlow Lite's reference kernels promise the same bytes as TFLM."""

    model: bytes
    inputs: list[np.ndarray]
    agree: bool = True

    def __repr__(self) -> str:
        return f"Case({[values.shape for values in self.inputs]})"


usual_scales = st.floats(2**-10, 2.0, width=32)
# Sometimes factors so small or large that shifts reach their limits.
scales = st.one_of(usual_scales, usual_scales, st.floats(2**-26, 2**7, width=32))
zero_points = st.integers(-128, 127)
activations = st.sampled_from(sorted(ACTIVATION))
paddings = st.sampled_from(sorted(PADDING))
small = st.integers(1, 3)


def random(draw: Any, low: int, high: int, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return generator.integers(low, high + 1, shape).astype(dtype)


def activation_values(draw: Any, shape: tuple[int, ...]) -> np.ndarray:
    return random(draw, -128, 127, shape, np.int8)


def channel_scales(draw: Any, channels: int) -> list[float]:
    count = draw(st.sampled_from([1, channels]))
    return [
        float(s) for s in np.random.default_rng(draw(st.integers(0, 2**32 - 1))).uniform(1e-4, 0.5, count).astype(np.float32)
    ]


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


@st.composite
def fully_connected(draw: Any) -> Case:
    rows, depth, channels = draw(st.integers(1, 3)), draw(st.integers(1, 40)), draw(st.integers(1, 9))
    shape = draw(st.sampled_from([(rows, depth), (rows, 1, 1, depth)]))
    builder = ModelBuilder()
    source_scale, weight_scales = draw(usual_scales), channel_scales(draw, channels)
    source = builder.tensor(shape, source_scale, draw(zero_points))
    weights = builder.constant(random(draw, -128, 127, (channels, depth), np.int8), weight_scales)
    operands = [source, weights]
    if draw(st.booleans()):
        # TensorFlow Lite Micro insists that the bias has the scale of the products, up to a share of the output's scale.
        bias_scales = [source_scale * scale for scale in weight_scales]
        operands.append(builder.constant(random(draw, -20000, 20000, (channels,), np.int32), bias_scales))
    output = builder.tensor((rows, channels), draw(usual_scales), draw(zero_points))
    builder.operator(
        "FULLY_CONNECTED", operands, output, "FullyConnectedOptions", fusedActivationFunction=ACTIVATION[draw(activations)]
    )
    # TensorFlow Lite rounds once here where TensorFlow Lite Micro rounds twice.
    return Case(builder.build([source], [output]), [activation_values(draw, shape)], agree=False)


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


@st.composite
def elementwise(draw: Any) -> Case:
    """ADD or MUL: equal shapes, broadcast axes on either side, a lower rank, a constant operand."""
    rank = draw(st.integers(1, 4))
    full = tuple(draw(st.integers(1, 5)) for _ in range(rank))
    first = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    second = tuple(1 if draw(st.booleans()) and draw(st.booleans()) else size for size in full)
    second = second[draw(st.integers(0, rank - 1)) :] if draw(st.booleans()) else second
    shape = np.broadcast_shapes(first, second)
    kind = draw(st.sampled_from(["ADD", "MUL"]))
    scale_a, scale_b = draw(scales), draw(scales)
    builder = ModelBuilder()
    a = builder.tensor(first, scale_a, draw(zero_points))
    inputs, feeds = [a], [activation_values(draw, first)]
    if draw(st.booleans()):
        b = builder.tensor(second, scale_b, draw(zero_points))
        inputs.append(b)
        feeds.append(activation_values(draw, second))
    else:
        b = builder.constant(activation_values(draw, second), [scale_b], draw(zero_points))
    output = builder.tensor(shape, draw(scales), draw(zero_points))
    operands = [a, b] if draw(st.booleans()) else [b, a]
    builder.operator(kind, operands, output, f"{kind.title()}Options", fusedActivationFunction=ACTIVATION[draw(activations)])
    return Case(builder.build(inputs, [output]), feeds)


@st.composite
def unary(draw: Any) -> Case:
    kind = draw(st.sampled_from(["LOGISTIC", "RELU", "RELU6", "QUANTIZE"]))
    builder = ModelBuilder()
    quantization = draw(scales), draw(zero_points)
    source = builder.tensor((1, 256), *quantization)
    other = {"LOGISTIC": (1 / 256, -128), "RELU6": quantization}.get(kind) or (draw(scales), draw(zero_points))
    output = builder.tensor((1, 256), *other)
    builder.operator(kind, [source], output, {"QUANTIZE": "QuantizeOptions"}.get(kind))
    # TensorFlow Lite takes LOGISTIC from a float table, which rounds some ties the other way, and forms RELU's factor in float32.
    return Case(
        builder.build([source], [output]),
        [np.arange(-128, 128, dtype=np.int8).reshape(1, 256)],
        agree=kind not in ("LOGISTIC", "RELU"),
    )


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


@st.composite
def padding(draw: Any) -> Case:
    rank = draw(st.integers(1, 4))
    shape = tuple(draw(st.integers(1, 5)) for _ in range(rank))
    widths = np.array([[draw(st.integers(0, 3)), draw(st.integers(0, 3))] for _ in range(rank)], np.int32)
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization)
    operands = [source, builder.constant(widths)]
    output = builder.tensor(tuple(int(s + w.sum()) for s, w in zip(shape, widths, strict=True)), *quantization)
    if draw(st.booleans()):
        value = np.array([draw(st.integers(-128, 127))], np.int8)
        operands.append(builder.constant(value, [quantization[0]], quantization[1]))
        builder.operator("PADV2", operands, output, "PadV2Options")
    else:
        builder.operator("PAD", operands, output, "PadOptions")
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])


@st.composite
def concatenation(draw: Any) -> Case:
    rank = draw(st.integers(1, 4))
    axis = draw(st.integers(-rank, rank - 1))
    shape = [draw(st.integers(1, 4)) for _ in range(rank)]
    builder = ModelBuilder()
    quantization = draw(scales), draw(zero_points)
    operands, inputs, feeds, joined = [], [], [], 0
    for number in range(draw(st.integers(1, 4))):
        shape[axis] = draw(st.integers(1, 4))
        joined += shape[axis]
        values = activation_values(draw, tuple(shape))
        if number and draw(st.booleans()):
            operands.append(builder.constant(values, [quantization[0]], quantization[1]))
        else:
            operands.append(builder.tensor(tuple(shape), *quantization))
            inputs.append(operands[-1])
            feeds.append(values)
    shape[axis] = joined
    output = builder.tensor(tuple(shape), *quantization)
    builder.operator("CONCATENATION", operands, output, "ConcatenationOptions", axis=axis)
    return Case(builder.build(inputs, [output]), feeds)


@st.composite
def reshape(draw: Any) -> Case:
    """A RESHAPE between two other operators, where it must cost nothing, or alone, where it must copy."""
    shape, flat = (1, 3, 4, 5), (5, 12)
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization)
    middle = builder.tensor(flat, *quantization)
    target = builder.constant(np.array(flat, np.int32))
    builder.operator("RESHAPE", [source, target], middle, "ReshapeOptions", newShape=list(flat))
    if draw(st.booleans()):
        output = builder.tensor(flat, draw(scales), draw(zero_points))
        builder.operator("QUANTIZE", [middle], output, "QuantizeOptions")
    else:
        output = middle
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


FAMILIES: dict[str, Callable[[], Any]] = {
    "convolution": convolution,
    "depthwise_convolution": lambda: convolution(depthwise=True),
    "fully_connected": fully_connected,
    "pooling": pooling,
    "elementwise": elementwise,
    "activation": unary,
    "reduction": reduction,
    "resize": resize,
    "padding": padding,
    "concatenation": concatenation,
    "reshape": reshape,
    "softmax": softmax,
}
