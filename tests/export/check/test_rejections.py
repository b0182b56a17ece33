"""What cannot be compiled exactly is refused with the operator, the layer, the reason and a hint."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.errors import AttendNetsError
from export.plan.banks import LEAST_HARNESS_BYTES
from export.read import read_bytes
from tests.support.model_builder import PADDING, ModelBuilder


def refusal(model: bytes, exit_code: int = 2) -> AttendNetsError:
    with pytest.raises(AttendNetsError) as caught:
        compile_plan(read_bytes(model, "model.tflite", "model"), default_board("cortex-m4"), (), "")
    assert caught.value.exit_code == exit_code
    assert caught.value.hint
    return caught.value


TANH = 4


def convolution(
    change: Callable[[ModelBuilder], None] = lambda builder: None,
    weights: np.ndarray | None = None,
    scales: list[float] | None = None,
    zero_point: int = 0,
    axis: int = 0,
    bias: np.ndarray | None = None,
    output: tuple[int, ...] = (1, 4, 4, 2),
    stride: int = 1,
    dilation: int = 1,
    activation: int = 0,
) -> bytes:
    builder = ModelBuilder()
    source = builder.tensor((1, 4, 4, 3), 0.1, 0, "image")
    values = np.ones((2, 3, 3, 3), np.int8) if weights is None else weights
    operands = [source, builder.constant(values, scales or [0.1], zero_point, axis, "filters")]
    if bias is not None:
        operands.append(builder.constant(bias, [0.01]))
    result = builder.tensor(output, 0.1, 0, "stage1/conv")
    builder.operator(
        "CONV_2D", operands, result, "Conv2DOptions",
        padding=PADDING["SAME"], strideH=stride, strideW=stride,
        dilationHFactor=dilation, dilationWFactor=dilation, fusedActivationFunction=activation,
    )  # fmt: skip
    change(builder)
    return builder.build([source], [result])


def test_the_convolution_itself_compiles() -> None:
    compile_plan(
        read_bytes(convolution(bias=np.zeros(2, np.int32)), "model.tflite", "model"), default_board("cortex-m4"), (), ""
    )


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (convolution(weights=np.ones((2, 3, 3, 2), np.int8)), "do not divide 3 input channels into groups"),
        (convolution(output=(1, 4, 4, 3)), r"output has the shape \[1, 4, 4, 3\]"),
        (convolution(scales=[0.1, 0.2, 0.3]), "3 weight scales for 2 output channels"),
        (convolution(scales=[0.1, 0.2], axis=3), "quantized along axis 3, not 0"),
        (convolution(zero_point=5), "zero point other than 0"),
        (convolution(bias=np.zeros(3, np.int32)), "3 biases for 2 output channels"),
        (convolution(bias=np.zeros(2, np.float32)), "biases are float32"),
        (convolution(bias=np.array([2**31 - 1, 0], np.int32)), "32-bit accumulator can reach"),
        (convolution(weights=np.ones((2, 3, 3, 3), np.float32)), "weights are float32"),
        (convolution(stride=0, output=(1, 4, 4, 2)), "stride"),
        (convolution(dilation=1 << 29), "dilation"),
        (convolution(activation=TANH), "fused activation TANH"),
        (convolution(scales=[float("nan")]), "not finite"),
    ],
)
def test_bad_convolutions(model: bytes, reason: str) -> None:
    error = refusal(model)
    assert error.message.startswith("CONV_2D 'stage1/conv' (operator 0): ")
    assert re.search(reason, error.message), error.message


def with_tensor(index: int, **fields: object) -> bytes:
    def change(builder: ModelBuilder) -> None:
        for name, value in fields.items():
            setattr(builder.graph.tensors[index], name, value)

    return convolution(change)


FLOAT32, UINT8 = 0, 3


def test_float_and_dynamic_range_models() -> None:
    assert "The model is dynamic-range quantized: 'image' is float32" in refusal(with_tensor(0, type=FLOAT32)).message
    builder = ModelBuilder()
    source, output = builder.tensor((1, 4), 1.0, 0, "x"), builder.tensor((1, 4), 1.0, 0, "y")
    for tensor in builder.graph.tensors:
        tensor.type = FLOAT32
    builder.operator("LOGISTIC", [source], output)
    error = refusal(builder.build([source], [output]))
    assert error.message.startswith("The model is float: 'x' is float32") and "full-integer" in error.hint


def test_other_boundaries() -> None:
    assert "is uint8" in refusal(with_tensor(0, type=UINT8)).message
    assert "dynamic shape [-1, 4, 4, 3]" in refusal(with_tensor(0, shape=[0, 4, 4, 3])).message.replace("[0,", "[-1,")
    assert "no quantization parameters" in refusal(with_tensor(0, quantization=None)).message


def test_a_batch_of_minus_one_in_the_signature_is_accepted() -> None:
    model = with_tensor(0, shapeSignature=[-1, 4, 4, 3])
    compile_plan(read_bytes(model, "model.tflite", "model"), default_board("cortex-m4"), (), "")


def test_unsupported_operators_are_named() -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 4), 1.0, 0, "x"), builder.tensor((1, 4), 1.0, 0, "encoder/cell")
    cell = builder.variable((1, 4), 1.0, 0, dtype="float32")
    builder.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", [source, cell], output)
    error = refusal(builder.build([source], [output]))
    assert error.message == "UNIDIRECTIONAL_SEQUENCE_LSTM 'encoder/cell' (operator 0): this operator is not supported"
    assert "CONV_2D" in error.hint


def test_operators_out_of_order_and_cycles() -> None:
    builder = ModelBuilder()
    source, first, second = (builder.tensor((1, 4), 1.0, 0, name) for name in "xyz")
    builder.operator("RELU", [second], first)
    builder.operator("RELU", [source], second)
    assert "before anything computes it" in refusal(builder.build([source], [first])).message


def test_a_tensor_written_twice() -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 4), 1.0, 0, "x"), builder.tensor((1, 4), 1.0, 0, "y")
    builder.operator("RELU", [source], output)
    builder.operator("RELU", [source], output)
    assert "a second time" in refusal(builder.build([source], [output])).message


def test_outputs_that_nothing_computes() -> None:
    builder = ModelBuilder()
    source, output, other = (builder.tensor((1, 4), 1.0, 0, name) for name in "xyz")
    builder.operator("RELU", [source], output)
    assert "No operator computes the model output 'z'" in refusal(builder.build([source], [other])).message


def test_too_large_for_the_target() -> None:
    """6 MB of weights or of activations on a target with 4 MB each: exit code 3 and the shortfall in bytes."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 3000), 0.1, 0), builder.tensor((1, 2000), 0.1, 0)
    builder.operator(
        "FULLY_CONNECTED",
        [source, builder.constant(np.ones((2000, 3000), np.int8), [0.1])],
        output,
        "FullyConnectedOptions",
    )
    error = refusal(builder.build([source], [output]), exit_code=3)
    assert "bytes of flash" in error.message and "too few" in error.message
    builder = ModelBuilder()
    source, output = builder.tensor((40_000, 40_000), 0.1, 0), builder.tensor((40_000, 40_000), 0.1, 0)
    builder.operator("RELU", [source], output)
    assert "bytes of RAM, at least" in refusal(builder.build([source], [output]), exit_code=3).message
    builder = ModelBuilder()
    source, output = builder.tensor((1, 3_000_000), 0.1, 0), builder.tensor((1, 3_000_000), 0.1, 0)
    builder.operator("RELU", [source], output)
    error = refusal(builder.build([source], [output]), exit_code=3)
    assert f"at least {6_000_000 + LEAST_HARNESS_BYTES - 4 * 2**20} more than there are" in error.message


def test_extreme_scales() -> None:
    """Scales at which the reference overflows are refused, not followed into undefined behaviour."""
    for kind, scale, words in (
        ("RELU6", 1e-39, "clamps with the scale"),
        ("LOGISTIC", 1e-9, "out of range"),
        ("LOGISTIC", 10.0, "out of range"),
    ):
        builder = ModelBuilder()
        source = builder.tensor((1, 4), scale, 0, "x")
        output = builder.tensor((1, 4), 1 / 256, -128, "y") if kind == "LOGISTIC" else builder.tensor((1, 4), scale, 0, "y")
        builder.operator(kind, [source], output)
        assert words in refusal(builder.build([source], [output])).message
