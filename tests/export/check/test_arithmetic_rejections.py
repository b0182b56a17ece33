"""What the arithmetic operators refuse: shapes that the reference kernels read past, and types that they lack."""

import re
from typing import Any

import numpy as np
import pytest

from tests.support.model_builder import PADDING, ModelBuilder

from .test_rejections import refusal


def transpose_conv(
    output: tuple[int, ...] = (1, 8, 8, 2),
    sizes: tuple[int, ...] | None = None,
    depth: int = 3,
    padding: str = "SAME",
    **fields: Any,
) -> bytes:
    builder = ModelBuilder()
    source = builder.tensor((1, 4, 4, 3), 0.1, 0, "image")
    shape = builder.constant(np.array(output if sizes is None else sizes, np.int32))
    filters = builder.constant(np.ones((2, 3, 3, depth), np.int8), [0.1])
    result = builder.tensor(output, 0.1, 0, "decoder/up")
    strides = {"strideH": 2, "strideW": 2} | fields
    builder.operator(
        "TRANSPOSE_CONV", [shape, filters, source], result, "TransposeConvOptions", padding=PADDING[padding], **strides
    )
    return builder.build([source], [result])


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (transpose_conv(depth=2), "do not fit 3 input channels"),
        (transpose_conv(output=(2, 8, 8, 2)), r"it has 1 images of 2 channels"),
        (transpose_conv(output=(1, 8, 8, 3)), r"it has 1 images of 2 channels"),
        (transpose_conv(output=(8, 8, 2)), r"output has the shape \[8, 8, 2\]"),
        (transpose_conv(sizes=(1, 9, 9, 2)), r"its inputs give \[1, 9, 9, 2\]"),
        (transpose_conv(output=(1, 2, 8, 2), padding="VALID"), "smaller than its window"),
        (transpose_conv(strideW=0), "stride"),
    ],
)
def test_transposed_convolutions(model: bytes, reason: str) -> None:
    error = refusal(model)
    assert error.message.startswith("TRANSPOSE_CONV 'decoder/up' (operator 0): ")
    assert re.search(reason, error.message), error.message


def test_output_sizes_computed_at_run_time() -> None:
    builder = ModelBuilder()
    source, sizes = builder.tensor((1, 4, 4, 3), 0.1, 0), builder.tensor((4,), 0.1, 0, dtype="int32")
    result = builder.tensor((1, 8, 8, 2), 0.1, 0)
    filters = builder.constant(np.ones((2, 3, 3, 3), np.int8), [0.1])
    fields = {"strideH": 2, "strideW": 2, "padding": PADDING["SAME"]}
    builder.operator("TRANSPOSE_CONV", [sizes, filters, source], result, "TransposeConvOptions", **fields)
    assert "output sizes are computed at run time" in refusal(builder.build([source, sizes], [result])).message


def resize_bilinear(height: int, **fields: bool) -> bytes:
    builder = ModelBuilder()
    source, result = builder.tensor((1, 2, 2, 1), 0.1, 0), builder.tensor((1, height, 2, 1), 0.1, 0)
    target = builder.constant(np.array([height, 2], np.int32))
    builder.operator("RESIZE_BILINEAR", [source, target], result, "ResizeBilinearOptions", **fields)
    return builder.build([source], [result])


def test_bilinear_resizing() -> None:
    assert "both align_corners" in refusal(resize_bilinear(4, alignCorners=True, halfPixelCenters=True)).message
    # A step of 2048 / 1365, rounded up to 2 (in 1/1024 of a row), runs past the last row.
    assert "enlarges 2 to 1365" in refusal(resize_bilinear(1365)).message


def reduction(kind: str, output: tuple[int, ...] = (1, 3), output_scale: float = 0.1, axis: Any = 1, **fields: Any) -> bytes:
    builder = ModelBuilder()
    source, result = builder.tensor((1, 2, 3), 0.1, 0), builder.tensor(output, output_scale, 0, **fields)
    options = f"Arg{kind[4:].title()}Options" if kind.startswith("ARG") else "ReducerOptions"
    builder.operator(kind, [source, builder.constant(np.asarray(axis))], result, options)
    return builder.build([source], [result])


INT32 = np.int32


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (reduction("MEAN", axis=INT32(3)), r"reduces the axes \[3\] of rank 3"),
        (reduction("MEAN", axis=np.int64(1)), "axes are int64"),
        (reduction("SUM", output=(1, 2), axis=INT32(1)), r"output has the shape \[1, 2\]; its inputs give \[1, 3\]"),
        (reduction("REDUCE_MAX", output_scale=0.2, axis=INT32(1)), "quantized differently"),
        (reduction("ARG_MAX", axis=INT32(1)), "is int8"),
        (reduction("ARG_MIN", axis=np.array([0, 1], INT32), dtype="int32"), "has 2 axes"),
        (reduction("ARG_MIN", output=(2,), axis=INT32(1), dtype="int32"), r"its inputs give \[1, 3\]"),
    ],
)
def test_reductions(model: bytes, reason: str) -> None:
    error = refusal(model)
    assert re.search(reason, error.message), error.message


def batch_matmul(first: tuple[int, ...], second: tuple[int, ...], output: tuple[int, ...], **fields: bool) -> bytes:
    builder = ModelBuilder()
    operands = [builder.tensor(shape, 0.1, 0) for shape in (first, second)]
    result = builder.tensor(output, 0.1, 0)
    builder.operator("BATCH_MATMUL", operands, result, "BatchMatMulOptions", **fields)
    return builder.build(operands, [result])


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (batch_matmul((4,), (4, 2), (2,)), "both need rank 2 to 5"),
        (batch_matmul((3, 4), (5, 2), (3, 2)), r"shapes \[3, 4\] and \[5, 2\] do not multiply"),
        (batch_matmul((3, 4), (4, 2), (3, 2), adjX=True), "do not multiply"),
        (batch_matmul((2, 3, 4), (3, 4, 2), (2, 3, 2)), "do not multiply"),
        (batch_matmul((3, 4), (4, 2), (2, 3)), r"its inputs give \[3, 2\]"),
        (batch_matmul((1, 40_000), (40_000, 1), (1, 1)), "can overflow over 40000 products"),
    ],
)
def test_batch_matmul(model: bytes, reason: str) -> None:
    assert re.search(reason, refusal(model).message)


@pytest.mark.parametrize(
    ("size", "scale", "reason"),
    [(16, 0.1, "its 32-bit sums can reach"), (4, 1e-8, "its output scale is too small for its inputs")],
)
def test_running_sums(size: int, scale: float, reason: str) -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, size), 0.1, -128), builder.tensor((1, size), scale, 0)
    builder.operator("CUMSUM", [source, builder.constant(np.array(1, np.int32))], output, "CumsumOptions")
    assert reason in refusal(builder.build([source], [output])).message
