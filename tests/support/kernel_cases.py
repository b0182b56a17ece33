"""Layers of one operator each, in the shapes that networks for images have: what ``make bench`` measures kernels by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .model_builder import PADDING, ModelBuilder

SCALE, ZERO_POINT = 0.05, -3
Shape = tuple[int, ...]


def cases() -> Iterator[tuple[str, bytes]]:
    """Name and model of every layer."""
    for shape, channels in (((24, 24, 32), 32), ((28, 28, 64), 64), ((14, 14, 128), 128), ((7, 7, 256), 256)):
        yield _convolution("CONV_2D", shape, channels, 1)
    for shape, channels, stride in (((32, 32, 16), 16, 1), ((8, 8, 64), 64, 1), ((96, 96, 3), 24, 2)):
        yield _convolution("CONV_2D", shape, channels, 3, stride)
    for shape, stride in (((28, 28, 64), 1), ((14, 14, 128), 1), ((28, 28, 64), 2)):
        yield _convolution("DEPTHWISE_CONV_2D", shape, shape[2], 3, stride)
    yield _convolution("DEPTHWISE_CONV_2D", (14, 14, 64), 64, 5)
    yield _fully_connected(256, 256)
    for kind in ("ADD", "MUL"):
        yield _elementwise(kind, (14, 14, 64))
    yield _attention((14, 14, 64))
    for kind, window in (("MAX_POOL_2D", 2), ("AVERAGE_POOL_2D", 2), ("AVERAGE_POOL_2D", 14)):
        yield _pool(kind, (14, 14, 64), window)
    for kind in ("LOGISTIC", "SOFTMAX"):
        yield _unary(kind, (1, 1, 1, 64))
    for kind in ("RESIZE_NEAREST_NEIGHBOR", "RESIZE_BILINEAR"):
        yield _resize(kind, (7, 7, 64))
    yield _pad((14, 14, 64))


def _model(builder: ModelBuilder, source: int | list[int], output: int) -> bytes:
    return builder.build(source if isinstance(source, list) else [source], [output])


def _convolution(kind: str, shape: Shape, channels: int, window: int, stride: int = 1) -> tuple[str, bytes]:
    builder, random, depthwise = ModelBuilder(), np.random.default_rng(0), kind != "CONV_2D"
    filters = (1, window, window, channels) if depthwise else (channels, window, window, shape[2])
    weights = random.integers(-127, 128, filters).astype(np.int8)
    source = builder.tensor((1, *shape), SCALE, ZERO_POINT)
    size = tuple(-(-side // stride) for side in shape[:2])
    output = builder.tensor((1, *size, channels), float(np.float32(0.05 * np.sqrt(weights[..., 0].size))), 5)
    options = {"padding": PADDING["SAME"], "strideH": stride, "strideW": stride, "dilationHFactor": 1, "dilationWFactor": 1}
    if depthwise:
        options["depthMultiplier"] = 1
    operands = [source, builder.constant(weights, [0.01] * channels, axis=3 if depthwise else 0)]
    operands.append(builder.constant(random.integers(-999, 999, channels).astype(np.int32), [1.0]))
    builder.operator(kind, operands, output, "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions", **options)
    return f"{kind} {window}x{window}/{stride} {'x'.join(map(str, shape))} -> {channels}", _model(builder, source, output)


def _fully_connected(depth: int, channels: int) -> tuple[str, bytes]:
    builder, random = ModelBuilder(), np.random.default_rng(0)
    source, output = builder.tensor((1, depth), SCALE, ZERO_POINT), builder.tensor((1, channels), 0.5, 5)
    weights = builder.constant(random.integers(-127, 128, (channels, depth)).astype(np.int8), [0.01])
    bias = builder.constant(random.integers(-999, 999, channels).astype(np.int32), [1.0])
    builder.operator(
        "FULLY_CONNECTED", [source, weights, bias], output, "FullyConnectedOptions", weightsFormat=0, keepNumDims=False
    )
    return f"FULLY_CONNECTED {depth} -> {channels}", _model(builder, source, output)


def _elementwise(kind: str, shape: Shape) -> tuple[str, bytes]:
    builder = ModelBuilder()
    sources = [builder.tensor((1, *shape), scale, ZERO_POINT) for scale in (SCALE, 0.03)]
    output = builder.tensor((1, *shape), 0.07, 5)
    builder.operator(kind, sources, output, f"{kind.title()}Options", fusedActivationFunction=0)
    return f"{kind} {'x'.join(map(str, shape))}", _model(builder, sources, output)


def _attention(shape: Shape) -> tuple[str, bytes]:
    """MUL by gates of half the resolution."""
    builder, half = ModelBuilder(), (1, shape[0] // 2, shape[1] // 2, shape[2])
    values, gates = builder.tensor((1, *shape), SCALE, ZERO_POINT), builder.tensor(half, 0.01, -128)
    doubled, output = builder.tensor((1, *shape), 0.01, -128), builder.tensor((1, *shape), 0.07, 5)
    size = builder.constant(np.array(shape[:2], np.int32))
    builder.operator("RESIZE_NEAREST_NEIGHBOR", [gates, size], doubled, "ResizeNearestNeighborOptions")
    builder.operator("MUL", [values, doubled], output, "MulOptions", fusedActivationFunction=0)
    return f"MUL {'x'.join(map(str, shape))} by gates of half the size", _model(builder, [values, gates], output)


def _pool(kind: str, shape: Shape, window: int) -> tuple[str, bytes]:
    builder = ModelBuilder()
    source = builder.tensor((1, *shape), SCALE, ZERO_POINT)
    output = builder.tensor((1, shape[0] // window, shape[1] // window, shape[2]), SCALE, ZERO_POINT)
    sides = dict.fromkeys(("filterHeight", "filterWidth", "strideH", "strideW"), window)
    builder.operator(kind, [source], output, "Pool2DOptions", padding=PADDING["VALID"], **sides)
    return f"{kind} {window}x{window}/{window} {'x'.join(map(str, shape))}", _model(builder, source, output)


def _unary(kind: str, shape: Shape) -> tuple[str, bytes]:
    builder = ModelBuilder()
    source, output = builder.tensor(shape, SCALE, ZERO_POINT), builder.tensor(shape, 1 / 256, -128)
    builder.operator(
        kind,
        [source],
        output,
        *(("SoftmaxOptions",) if kind == "SOFTMAX" else ()),
        **({"beta": 1.0} if kind == "SOFTMAX" else {}),
    )
    return f"{kind} {shape[-1]}", _model(builder, source, output)


def _resize(kind: str, shape: Shape) -> tuple[str, bytes]:
    builder, double = ModelBuilder(), (2 * shape[0], 2 * shape[1])
    source, output = builder.tensor((1, *shape), SCALE, ZERO_POINT), builder.tensor((1, *double, shape[2]), SCALE, ZERO_POINT)
    name = "".join(part.title() for part in kind.split("_"))
    builder.operator(kind, [source, builder.constant(np.array(double, np.int32))], output, f"{name}Options")
    return f"{kind} {'x'.join(map(str, shape))} -> {'x'.join(map(str, double))}", _model(builder, source, output)


def _pad(shape: Shape) -> tuple[str, bytes]:
    builder = ModelBuilder()
    source = builder.tensor((1, *shape), SCALE, ZERO_POINT)
    output = builder.tensor((1, shape[0] + 2, shape[1] + 2, shape[2]), SCALE, ZERO_POINT)
    builder.operator(
        "PAD", [source, builder.constant(np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32))], output, "PadOptions"
    )
    return f"PAD {'x'.join(map(str, shape))} by 1", _model(builder, source, output)
