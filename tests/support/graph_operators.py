"""What random graphs are made of: every function adds one operator, or does nothing where no tensor suits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .model_builder import ACTIVATION, PADDING

if TYPE_CHECKING:
    from .graphs import GraphBuilder


def image(shape: tuple[int, ...]) -> bool:
    return len(shape) == 4


def convolution(graph: GraphBuilder) -> None:
    """CONV_2D, DEPTHWISE_CONV_2D; often with filters of zeros, as training leaves them behind."""
    source = graph.pick(image)
    if source is None:
        return
    _, height, width, depth = graph.shapes[source]
    depthwise, padding = graph.chance(0.4), str(graph.random.choice(["SAME", "SAME", "VALID"]))
    window, stride, dilation = graph.choice(1, 3), graph.choice(1, 1, 2), graph.choice(1, 1, 2)
    reach = (window - 1) * dilation + 1
    if padding == "VALID" and min(height, width) < reach:
        padding = "SAME"
    channels = depth * graph.choice(1, 1, 2) if depthwise else graph.number(1, 8)
    shape = (1, window, window, channels) if depthwise else (channels, window, window, depth)
    weights = graph.random.integers(-127, 128, shape).astype(np.int8)
    dead = graph.random.uniform(size=channels) < graph.choice(0.0, 0.0, 0.5)
    weights[(..., dead) if depthwise else dead] = 0
    scales = graph.random.uniform(0.002, 0.02, channels).astype(np.float32).tolist()
    operands = [source, graph.builder.constant(weights, scales, axis=3 if depthwise else 0)]
    operands.append(graph.builder.constant(graph.random.integers(-2000, 2000, channels).astype(np.int32), [1.0]))
    sides = [-(-(size - (reach - 1) * (padding == "VALID")) // stride) for size in (height, width)]
    fields = {"padding": PADDING[padding], "strideH": stride, "strideW": stride}
    fields |= {"dilationHFactor": dilation, "dilationWFactor": dilation, "fusedActivationFunction": graph.activation()}
    output = graph.tensor((1, *sides, channels))
    if depthwise:
        multiplier = channels // depth
        graph.builder.operator(
            "DEPTHWISE_CONV_2D", operands, output, "DepthwiseConv2DOptions", depthMultiplier=multiplier, **fields
        )
    else:
        graph.builder.operator("CONV_2D", operands, output, "Conv2DOptions", **fields)


def transpose_convolution(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: image(shape) and max(shape[1:3]) <= 8)
    if source is None:
        return
    _, height, width, depth = graph.shapes[source]
    channels = graph.number(1, 4)
    shape = (1, 2 * height, 2 * width, channels)
    weights = graph.random.integers(-127, 128, (channels, 3, 3, depth)).astype(np.int8)
    operands = [graph.builder.constant(np.array(shape, np.int32)), graph.builder.constant(weights, [0.01] * channels), source]
    fields = {"padding": PADDING["SAME"], "strideH": 2, "strideW": 2}
    graph.builder.operator("TRANSPOSE_CONV", operands, graph.tensor(shape), "TransposeConvOptions", **fields)


def fully_connected(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: len(shape) == 2)
    if source is None:
        return
    rows, depth = graph.shapes[source]
    channels = graph.number(1, 8)
    weights = graph.random.integers(-127, 128, (channels, depth)).astype(np.int8)
    weights[:, graph.random.uniform(size=depth) < graph.choice(0.0, 0.3)] = 0
    operands = [source, graph.builder.constant(weights, [0.01])]
    fields = {"fusedActivationFunction": graph.activation()}
    graph.builder.operator("FULLY_CONNECTED", operands, graph.tensor((rows, channels)), "FullyConnectedOptions", **fields)


def elementwise(graph: GraphBuilder) -> None:
    """Of two tensors, of a tensor and itself, or of a tensor and a constant of one value or one per channel."""
    first = graph.pick()
    assert first is not None
    shape = graph.shapes[first]
    second = graph.pick(lambda other: other == shape)
    if graph.chance(0.5):
        values = graph.random.integers(-128, 128, graph.choice((), shape[-1:])).astype(np.int8)
        second = graph.builder.constant(values, [0.05], graph.number(-20, 20))
    assert second is not None
    kind = str(graph.random.choice(["ADD", "ADD", "MUL", "MUL", "SUB", "MINIMUM", "MAXIMUM", "SQUARED_DIFFERENCE"]))
    options = {"ADD": "AddOptions", "MUL": "MulOptions", "SUB": "SubOptions"}.get(kind)
    fields = {"fusedActivationFunction": graph.activation()} if options else {}
    output = graph.like(first, shape) if kind in ("MINIMUM", "MAXIMUM") else graph.tensor(shape)
    graph.builder.operator(kind, [first, second], output, options, **fields)


def unary(graph: GraphBuilder) -> None:
    source = graph.pick()
    assert source is not None
    shape = graph.shapes[source]
    kind = str(graph.random.choice(["QUANTIZE", "RELU", "RELU6", "LOGISTIC", "TANH", "HARD_SWISH", "LEAKY_RELU", "ABS"]))
    quantization = {"LOGISTIC": (1 / 256, -128), "TANH": (1 / 128, 0)}.get(kind)
    keeps = kind in ("RELU", "RELU6") and graph.chance(0.7)
    output = graph.like(source, shape) if keeps else graph.tensor(shape, quantization)
    if kind == "LEAKY_RELU":
        graph.builder.operator(kind, [source], output, "LeakyReluOptions", alpha=float(graph.random.uniform(0.01, 0.5)))
    else:
        graph.builder.operator(kind, [source], output)


def softmax(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: len(shape) == 2)
    if source is not None:
        output = graph.tensor(graph.shapes[source], (1 / 256, -128))
        graph.builder.operator("SOFTMAX", [source], output, "SoftmaxOptions", beta=1.0)


def pool(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: image(shape) and min(shape[1:3]) >= 2)
    if source is None:
        return
    _, height, width, depth = graph.shapes[source]
    kind, padding = str(graph.random.choice(["MAX_POOL_2D", "AVERAGE_POOL_2D"])), str(graph.random.choice(["SAME", "VALID"]))
    fields = {"padding": PADDING[padding], "strideH": 2, "strideW": 2, "filterHeight": 2, "filterWidth": 2}
    sides = [-(-size // 2) if padding == "SAME" else size // 2 for size in (height, width)]
    output = graph.like(source, (1, *sides, depth))
    graph.builder.operator(kind, [source], output, "Pool2DOptions", fusedActivationFunction=graph.activation(), **fields)


def reduction(graph: GraphBuilder) -> None:
    source = graph.pick(image)
    if source is None:
        return
    shape, keep = graph.shapes[source], graph.chance(0.5)
    kind = str(graph.random.choice(["MEAN", "SUM", "REDUCE_MAX"]))
    axes = graph.choice((1, 2), (1, 2), (3,), (2,), (1, 2, 3))
    reduced = tuple(1 if axis in axes else size for axis, size in enumerate(shape) if keep or axis not in axes)
    output = graph.like(source, reduced) if kind == "REDUCE_MAX" else graph.tensor(reduced)
    operands = [source, graph.builder.constant(np.array(axes, np.int32))]
    graph.builder.operator(kind, operands, output, "ReducerOptions", keepDims=keep)


def resize(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: image(shape) and max(shape[1:3]) <= 8)
    if source is None:
        return
    _, height, width, depth = graph.shapes[source]
    kind, options = graph.choice(
        ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"), ("RESIZE_BILINEAR", "ResizeBilinearOptions")
    )
    target = graph.builder.constant(np.array([2 * height, 2 * width], np.int32))
    output = graph.like(source, (1, 2 * height, 2 * width, depth))
    graph.builder.operator(kind, [source, target], output, options, halfPixelCenters=graph.chance(0.5))


def pad(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: image(shape) and 2 <= max(shape[1:3]) <= 12)
    if source is None:
        return
    shape = graph.shapes[source]
    mirrored = graph.chance(0.3) and min(shape[1:3]) >= 2
    widths = np.zeros((4, 2), np.int32)
    widths[1:3] = graph.random.integers(0, 2, (2, 2))
    output = graph.like(source, tuple(int(size + sum(width)) for size, width in zip(shape, widths, strict=True)))
    operands = [source, graph.builder.constant(widths)]
    if mirrored:
        graph.builder.operator("MIRROR_PAD", operands, output, "MirrorPadOptions", mode=graph.choice(0, 1))
    else:
        graph.builder.operator("PAD", operands, output, "PadOptions")


def reshape(graph: GraphBuilder) -> None:
    source = graph.pick()
    assert source is not None
    shape = graph.shapes[source]
    flat = (1, int(np.prod(shape)))
    new = flat if len(shape) == 4 else (1, 1, *shape) if len(shape) == 2 else shape[::-1]
    target = graph.builder.constant(np.array(new, np.int32))
    graph.builder.operator("RESHAPE", [source, target], graph.like(source, new), "ReshapeOptions", newShape=list(new))


def concatenation(graph: GraphBuilder) -> None:
    """A tensor with itself, or with what an elementwise operator made of it in its own quantization."""
    source = graph.pick()
    assert source is not None
    shape = graph.shapes[source]
    other = graph.like(source, shape)
    graph.builder.operator("MAXIMUM", [source, graph.builder.constant(np.array(-5, np.int8), [0.05])], other)
    operands = graph.choice([source, source], [source, other], [other, source, other])
    joined = graph.like(source, (*shape[:-1], len(operands) * shape[-1]))
    graph.builder.operator("CONCATENATION", operands, joined, "ConcatenationOptions", axis=-1)


def split(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: len(shape) == 4 and shape[3] % 2 == 0)
    if source is None:
        return
    shape = graph.shapes[source]
    halves = [graph.like(source, (*shape[:3], shape[3] // 2)) for _ in range(2)]
    axis = graph.builder.constant(np.array(3, np.int32))
    graph.builder.operator("SPLIT", [axis, source], halves, "SplitOptions", numSplits=2)


def strided_slice(graph: GraphBuilder) -> None:
    source = graph.pick(lambda shape: image(shape) and min(shape[1:3]) >= 3)
    if source is None:
        return
    shape, step = graph.shapes[source], graph.choice(1, 2)
    begin, end, steps = [0, 1, 0, 0], list(shape), [1, step, step, 1]
    output = graph.like(source, (1, -(-(shape[1] - 1) // step), -(-shape[2] // step), shape[3]))
    operands = [source, *(graph.builder.constant(np.array(values, np.int32)) for values in (begin, end, steps))]
    graph.builder.operator("STRIDED_SLICE", operands, output, "StridedSliceOptions")


def transpose(graph: GraphBuilder) -> None:
    source = graph.pick(image)
    if source is None:
        return
    order = graph.choice((0, 2, 1, 3), (0, 3, 1, 2), (0, 2, 3, 1))
    output = graph.like(source, tuple(graph.shapes[source][axis] for axis in order))
    operands = [source, graph.builder.constant(np.array(order, np.int32))]
    graph.builder.operator("TRANSPOSE", operands, output, "TransposeOptions")


def blocks(graph: GraphBuilder) -> None:
    """SPACE_TO_DEPTH, DEPTH_TO_SPACE."""
    source = graph.pick(lambda shape: image(shape) and shape[1] % 2 == shape[2] % 2 == 0)
    if source is not None:
        _, height, width, depth = graph.shapes[source]
        output = graph.like(source, (1, height // 2, width // 2, 4 * depth))
        graph.builder.operator("SPACE_TO_DEPTH", [source], output, "SpaceToDepthOptions", blockSize=2)
        return
    source = graph.pick(lambda shape: image(shape) and shape[3] % 4 == 0)
    if source is not None:
        _, height, width, depth = graph.shapes[source]
        output = graph.like(source, (1, 2 * height, 2 * width, depth // 4))
        graph.builder.operator("DEPTH_TO_SPACE", [source], output, "DepthToSpaceOptions", blockSize=2)


def boundary(graph: GraphBuilder) -> None:
    """A tensor leaves the model as floats, or as the position of its largest values."""
    source = graph.pick()
    assert source is not None
    shape = graph.shapes[source]
    if graph.chance(0.5):
        graph.other_outputs.append(graph.builder.tensor(shape, 1.0, 0, f"real{len(graph.other_outputs)}", dtype="float32"))
        graph.builder.operator("DEQUANTIZE", [source], graph.other_outputs[-1])
    elif len(shape) > 1:
        output = graph.builder.tensor(shape[:-1], 1.0, 0, f"best{len(graph.other_outputs)}", dtype="int32")
        graph.other_outputs.append(output)
        axis = graph.builder.constant(np.array(len(shape) - 1, np.int32))
        graph.builder.operator("ARG_MAX", [source, axis], output, "ArgMaxOptions", outputType=2)


def selection(graph: GraphBuilder) -> None:
    """The values of a tensor where they compare with another one or a constant, else that one's; the comparison may leave the model."""
    first = graph.pick()
    assert first is not None
    shape = graph.shapes[first]
    second = graph.pick(lambda other: other == shape)
    if graph.chance(0.5):
        second = graph.builder.constant(np.array(graph.number(-40, 40), np.int8), [0.05], graph.number(-20, 20))
    assert second is not None
    count = len(graph.builder.graph.tensors)
    mask = graph.builder.tensor(shape, 1.0, 0, f"mask{count}", dtype="bool")
    kind = graph.choice("GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "EQUAL", "NOT_EQUAL")
    graph.builder.operator(kind, [first, second], mask)
    if graph.chance(0.3):
        graph.other_outputs.append(
            graph.builder.operator("LOGICAL_NOT", [mask], graph.builder.tensor(shape, 1.0, 0, dtype="bool"))
        )
    if graph.chance(0.3):
        floats = graph.builder.tensor(shape, 1.0, 0, dtype="float32")
        graph.other_outputs.append(graph.builder.operator("CAST", [mask], floats, "CastOptions"))
    graph.builder.operator("SELECT_V2", [mask, first, second], graph.like(first, shape), "SelectV2Options")


def island(graph: GraphBuilder) -> None:
    """A few operators on floats between DEQUANTIZE and QUANTIZE."""
    source = graph.pick()
    assert source is not None
    shape = graph.shapes[source]
    values = graph.builder.operator("DEQUANTIZE", [source], graph.builder.tensor(shape, 1.0, 0, dtype="float32"))
    first = values
    for _ in range(graph.number(1, 3)):
        result = graph.builder.tensor(shape, 1.0, 0, f"float{len(graph.builder.graph.tensors)}", dtype="float32")
        kind = graph.choice(
            "ADD", "SUB", "MUL", "DIV", "MAXIMUM", "NEG", "SQUARE", "ABS", "FLOOR", "ROUND", "SQRT", "RSQRT", "RELU"
        )
        options = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}.get(kind)
        channels = graph.builder.constant(graph.random.uniform(0.1, 2, shape[-1:]).astype(np.float32))
        operands = [values, graph.choice(first, channels)] if options or kind == "MAXIMUM" else [values]
        fields = {"fusedActivationFunction": graph.activation()} if options else {}
        values = graph.builder.operator(kind, operands, result, options, **fields)
    if graph.chance(0.2):
        graph.other_outputs.append(values)
    graph.builder.operator("QUANTIZE", [values], graph.tensor(shape))


FREQUENT = (convolution, convolution, elementwise, unary)
ALL = (
    *FREQUENT, *FREQUENT, transpose_convolution, fully_connected, softmax, pool, reduction, resize, pad, pad, reshape, concatenation,
    split, strided_slice, transpose, blocks, boundary, selection, island,
)  # fmt: skip
__all__ = ["ACTIVATION", "ALL"]
