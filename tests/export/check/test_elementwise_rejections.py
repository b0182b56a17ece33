"""Operators of two operands and functions of one value: what the reference kernels cannot compute is refused."""

import numpy as np
import pytest

from tests.export.check.test_rejections import refusal
from tests.support.model_builder import ModelBuilder

Quantization = tuple[float, int]
USUAL = (0.1, 0)


def binary(
    kind: str,
    first: tuple[int, ...] = (1, 4),
    second: tuple[int, ...] = (1, 4),
    output: Quantization = USUAL,
    options: str | None = None,
    scale: float = 0.1,
) -> bytes:
    builder = ModelBuilder()
    operands = [builder.tensor(first, scale, 0, "x"), builder.tensor(second, scale, 0, "y")]
    try:
        shape = np.broadcast_shapes(first, second)
    except ValueError:
        shape = first
    result = builder.tensor(shape, *output, "stage1/op")
    builder.operator(kind, operands, result, options)
    return builder.build(operands, [result])


def unary(kind: str, source: Quantization, output: Quantization, options: str | None = None, **fields: float) -> bytes:
    builder = ModelBuilder()
    source_tensor, result = builder.tensor((1, 4), *source, "x"), builder.tensor((1, 4), *output, "stage1/op")
    builder.operator(kind, [source_tensor], result, options, **fields)
    return builder.build([source_tensor], [result])


@pytest.mark.parametrize(
    ("kind", "model", "words"),
    [
        ("SUB", binary("SUB", second=(1, 3), options="SubOptions"), "do not broadcast"),
        ("SUB", binary("SUB", output=(1e-9, 0), options="SubOptions"), "too small for its inputs"),
        ("SUB", binary("SUB", output=(1e38, 0), scale=1e-20, options="SubOptions"), "out of range"),
        ("MINIMUM", binary("MINIMUM", (1, 1, 1, 1, 1, 4), (4,)), "at most 5 axes"),
        ("SQUARED_DIFFERENCE", binary("SQUARED_DIFFERENCE", (1, 1, 1, 1, 4), (4,)), "at most 4 axes"),
        ("SQUARED_DIFFERENCE", binary("SQUARED_DIFFERENCE", output=(1e-20, 0)), "out of range"),
        ("PRELU", binary("PRELU", (1, 1, 1, 1, 4), (1, 1, 1, 1, 4)), "rank 5"),
        ("MAXIMUM", binary("MAXIMUM", (2, 2, 2, 2, 2), (2, 1, 2, 1, 2)), "four axes"),
        ("TANH", unary("TANH", (9.0, 0), (1 / 128, 0)), "out of range"),
        ("HARD_SWISH", unary("HARD_SWISH", (1.0, 0), (0.001, 0)), "too small for its inputs"),
        ("LEAKY_RELU", unary("LEAKY_RELU", USUAL, USUAL, "LeakyReluOptions", alpha=1e30), "out of range"),
        ("LEAKY_RELU", unary("LEAKY_RELU", USUAL, USUAL, "LeakyReluOptions", alpha=float("nan")), "out of range"),
        ("ELU", unary("ELU", (1.0, 0), (1e-9, 0)), "too small for its inputs"),
        ("ELU", unary("ELU", (1.0, 0), (1e-40, 0)), "too small for its inputs"),
        ("RSQRT", unary("RSQRT", (0.1, 0), USUAL), "can be negative"),
        ("RSQRT", unary("RSQRT", (1e4, -128), (1e3, 0)), "out of range"),
        ("ABS", unary("ABS", (1.0, 0), (1e-12, 0)), "out of range"),
        ("LOG_SOFTMAX", unary("LOG_SOFTMAX", USUAL, USUAL), "not quantized to 1/16 with zero point 127"),
        ("LOG_SOFTMAX", unary("LOG_SOFTMAX", (1e-9, 0), (1 / 16, 127)), "out of range"),
        (
            "L2_NORMALIZATION",
            unary("L2_NORMALIZATION", USUAL, (1 / 128, 0), "L2NormOptions", fusedActivationFunction=1),
            "fused activation RELU",
        ),
        ("RELU_0_TO_1", unary("RELU_0_TO_1", (1e-30, 0), (1e-30, 0)), "clamps with the scale"),
    ],
)
def test_refused(kind: str, model: bytes, words: str) -> None:
    error = refusal(model)
    assert error.message.startswith(f"{kind} 'stage1/op' (operator 0): ")
    assert words in error.message, error.message


def test_rows_whose_squares_overflow_32_bits() -> None:
    builder = ModelBuilder()
    source, result = builder.tensor((1, 33_100), *USUAL, "x"), builder.tensor((1, 33_100), 1 / 128, 0, "stage1/op")
    builder.operator("L2_NORMALIZATION", [source], result, "L2NormOptions")
    assert "can overflow" in refusal(builder.build([source], [result])).message


def test_a_table_that_depends_on_the_last_bit_of_exp_is_refused() -> None:
    """Some of many random scales: the two tables at the ends of exp's error differ, so no table is certain."""
    generator = np.random.default_rng(0)
    messages = set()
    for _ in range(400):
        source, output = (float(np.float32(2.0**power)) for power in generator.uniform(-26, -18, 2))
        try:
            messages.add(refusal(unary("ELU", (source, 127), (output, 0))).message)
        except pytest.fail.Exception:
            continue
    assert any("depend on the last bit" in message for message in messages)
