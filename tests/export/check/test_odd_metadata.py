"""Exporters describe the same operator in many ways: where TensorFlow Lite Micro does not mind, neither does the compiler."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from export.check import check
from export.read import read_bytes
from export.reference import predict
from tests.support.model_builder import PADDING, ModelBuilder
from tests.support.oracle import tflm

from .test_rejections import refusal

Change = Callable[[Any], None]
CHANNELS = 4


def values(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(-100, 101, shape).astype(np.int8)


def layer(kind: str, tensor: str = "", change: Change = lambda tensor: None, multiplier: int = CHANNELS // 2) -> bytes:
    """A layer with one weight scale per channel and a bias; ``change`` is made to the tensor of this name."""
    builder = ModelBuilder()
    scales = [0.01 * (i + 1) for i in range(CHANNELS)]
    dense, depthwise, transposed = kind == "FULLY_CONNECTED", kind == "DEPTHWISE_CONV_2D", kind == "TRANSPOSE_CONV"
    shape = (2, 8) if dense else (1, 3, 3, 2)
    weights = (CHANNELS, 8) if dense else (1, 3, 3, CHANNELS) if depthwise else (CHANNELS, 3, 3, 2)
    source = builder.tensor(shape, 0.1, 3, "input")
    filters = builder.constant(values(*weights), scales, axis=3 if depthwise else 0, name="weights")
    biases = builder.constant(np.arange(-200, 200, 100, np.int32), [0.1 * scale for scale in scales], name="bias")
    result = (2, CHANNELS) if dense else (1, 3, 3, CHANNELS)
    output = builder.tensor(result, 0.5, -4, "output")
    fields = {} if dense else {"padding": PADDING["SAME"], "strideH": 1, "strideW": 1}
    fields |= {"dilationHFactor": 1, "dilationWFactor": 1} if kind.endswith("CONV_2D") else {}
    fields |= {"depthMultiplier": multiplier} if depthwise else {}
    operands = [builder.constant(np.array(result, np.int32)), filters, source] if transposed else [source, filters]
    options = {"CONV_2D": "Conv2D", "DEPTHWISE_CONV_2D": "DepthwiseConv2D", "TRANSPOSE_CONV": "TransposeConv"}
    builder.operator(kind, [*operands, biases], output, f"{options.get(kind, 'FullyConnected')}Options", **fields)
    for candidate in builder.graph.tensors:
        if candidate.name == tensor:
            change(candidate)
    return builder.build([source], [output])


def assert_as_the_oracle(model: bytes, inputs: list[np.ndarray]) -> None:
    ours = predict(check(read_bytes(model, "model.tflite", "model")), inputs)
    for mine, theirs in zip(ours, tflm(model, inputs), strict=True):
        np.testing.assert_array_equal(mine.reshape(-1), theirs.reshape(-1))


def quantized(**fields: Any) -> Change:
    def change(tensor: Any) -> None:
        for name, value in fields.items():
            setattr(tensor.quantization, name, value)

    return change


def described(**fields: Any) -> Change:
    def change(tensor: Any) -> None:
        for name, value in fields.items():
            setattr(tensor, name, value)

    return change


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED"])
@pytest.mark.parametrize(
    ("tensor", "change"),
    [
        ("bias", quantized(quantizedDimension=3)),
        ("bias", quantized(scale=[0.001])),
        ("bias", quantized(zeroPoint=[1] * CHANNELS)),
        ("bias", quantized(zeroPoint=None)),
        ("bias", described(quantization=None)),
        ("bias", described(shape=[1, 1, 1, CHANNELS])),
        ("weights", quantized(scale=[0.02], zeroPoint=[0])),
        ("input", quantized(quantizedDimension=3)),
        ("input", described(shapeSignature=[-1, 8])),
        ("output", described(shapeSignature=[-1])),
    ],
)
def test_layers(kind: str, tensor: str, change: Change) -> None:
    dense = kind == "FULLY_CONNECTED"
    assert_as_the_oracle(layer(kind, tensor, change), [values(*((2, 8) if dense else (1, 3, 3, 2)))])


def test_scales_without_zero_points_count_as_none() -> None:
    """The reference takes such a tensor for one that is not quantized, and computes nothing of use with it."""
    assert "no quantization parameters" in refusal(layer("CONV_2D", "weights", quantized(zeroPoint=None))).message
    assert "no quantization parameters" in refusal(layer("FULLY_CONNECTED", "input", quantized(zeroPoint=None))).message


@pytest.mark.parametrize(
    ("shape", "result", "keep"),
    [
        ((2, 3, 8), (2, 3, 4), True),
        ((2, 3, 8), (6, 4), False),
        ((1, 2, 2, 2), (1, 4), False),
        ((2, 2, 2, 2), (2, 4), False),
        ((8,), (1, 4), False),
        ((2, 3, 8), (2, 3, 4), False),
    ],
)
def test_shapes_of_dense_layers(shape: tuple[int, ...], result: tuple[int, ...], keep: bool) -> None:
    builder = ModelBuilder()
    source, output = builder.tensor(shape, 0.1, 3), builder.tensor(result, 0.5, -4)
    weights = builder.constant(values(CHANNELS, 8), [0.02])
    builder.operator("FULLY_CONNECTED", [source, weights], output, "FullyConnectedOptions", keepNumDims=keep)
    assert_as_the_oracle(builder.build([source], [output]), [values(*shape)])


@pytest.mark.parametrize(
    ("kind", "axes", "result"),
    [
        ("MEAN", [], (1, 4, 3)),
        ("SUM", [], (1, 4, 3)),
        ("REDUCE_MAX", [], (1, 4, 3)),
        ("MEAN", [1, 1, -2], (1, 3)),
        ("MEAN", [0, 1, 2], ()),
        ("MEAN", [0, 1, 2], (1,)),
        ("REDUCE_MIN", [1], (3,)),
        ("ARG_MAX", [1], (1, 1, 3)),
    ],
)
def test_axes_and_shapes_of_reductions(kind: str, axes: list[int], result: tuple[int, ...]) -> None:
    builder = ModelBuilder()
    source, positions = builder.tensor((1, 4, 3), 0.1, 3), kind == "ARG_MAX"
    output = builder.tensor(result, 0.1, 3, dtype="int32" if positions else "int8")
    operands = [source, builder.constant(np.array(axes, np.int32))]
    builder.operator(
        kind, operands, output, "ArgMaxOptions" if positions else "ReducerOptions", **{"outputType": 2} if positions else {}
    )
    assert_as_the_oracle(builder.build([source], [output]), [values(1, 4, 3)])


def test_computed_tensors_that_say_they_are_variables() -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 8), 0.1, 3), builder.tensor((1, 8), 0.1, 3)
    middle = builder.operator("RELU", [source], builder.variable((1, 8), 0.1, 3))
    builder.operator("ABS", [middle], output)
    assert_as_the_oracle(builder.build([source], [output]), [values(1, 8)])


@pytest.mark.parametrize("multiplier", [-1, 0, 1, 3, CHANNELS])
def test_depth_multipliers_that_the_shapes_contradict(multiplier: int) -> None:
    """TensorFlow Lite Micro goes by the multiplier and leaves channels unwritten, or writes beyond the output."""
    error = refusal(layer("DEPTHWISE_CONV_2D", multiplier=multiplier))
    assert f"has the depth multiplier {multiplier}, but 4 output channels of 2 input channels" in error.message


@pytest.mark.parametrize(("shape", "as_list"), [((1, 2), [1, 0]), ((2, 1), [1, 0])])
def test_permutations_and_axes_are_lists(shape: tuple[int, ...], as_list: list[int]) -> None:
    """TensorFlow Lite Micro refuses any other rank."""
    for kind, options, result in (("TRANSPOSE", None, (8, 1)), ("REVERSE_V2", "ReverseV2Options", (1, 8))):
        builder = ModelBuilder()
        source, output = builder.tensor((1, 8), 0.1, 3), builder.tensor(result, 0.1, 3)
        builder.operator(kind, [source, builder.constant(np.array(as_list, np.int32).reshape(shape))], output, options)
        assert f"is {list(shape)}, not that of a list" in refusal(builder.build([source], [output])).message


@pytest.mark.parametrize("kind", ["SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"])
def test_blocks_of_any_shape(kind: str) -> None:
    shapes = [(1, 4, 4, 2), (4, 2, 2, 2)]
    before, after = shapes if kind == "SPACE_TO_BATCH_ND" else shapes[::-1]
    builder = ModelBuilder()
    source, output = builder.tensor(before, 0.1, 3), builder.tensor(after, 0.1, 3)
    blocks, edges = builder.constant(np.array([[2, 2]], np.int32)), builder.constant(np.zeros((2, 2), np.int32))
    builder.operator(kind, [source, blocks, edges], output)
    assert_as_the_oracle(builder.build([source], [output]), [values(*before)])


@pytest.mark.parametrize("kind", ["MAX_POOL_2D", "AVERAGE_POOL_2D", "CONCATENATION"])
def test_moved_values_keep_their_quantization(kind: str) -> None:
    """TensorFlow Lite Micro refuses these too: nothing rescales the values."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 2, 2, 1), 0.1, 3), builder.tensor((1, 2, 2, 1), 0.2, 3)
    if kind == "CONCATENATION":
        builder.operator(kind, [source], output, "ConcatenationOptions", axis=3)
    else:
        fields = {"padding": PADDING["SAME"], "strideH": 1, "strideW": 1, "filterHeight": 2, "filterWidth": 2}
        builder.operator(kind, [source], output, "Pool2DOptions", **fields)
    assert "quantized differently" in refusal(builder.build([source], [output])).message
