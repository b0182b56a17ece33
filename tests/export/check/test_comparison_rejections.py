"""Comparisons, selections and casts that the reference kernels refuse, or that have no exact result."""

import numpy as np
import pytest

from tests.export.check.test_rejections import refusal
from tests.support.model_builder import ModelBuilder

SHAPE = (1, 4)


def binary(kind: str, first: tuple[float, str], second: tuple[float, str], output: str = "bool", axes: int = 0) -> bytes:
    """Operands by scale and type; ``axes`` more of them, which broadcast in turns."""
    builder = ModelBuilder()
    shapes = [tuple(2 if (axis + side) % 2 else 1 for axis in range(axes)) + SHAPE for side in range(2)]
    operands = [
        builder.tensor(shape, scale, 0, dtype=dtype) for shape, (scale, dtype) in zip(shapes, (first, second), strict=True)
    ]
    result = builder.tensor((*(2,) * axes, *SHAPE), 0.1, 0, "decision", dtype=output)
    builder.operator(kind, operands, result)
    return builder.build(operands, [result])


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (binary("GREATER", (0.1, "int8"), (1.0, "int8")), "its input scale 1 is out of range"),
        (binary("LESS", (0.1, "bool"), (0.1, "bool")), "is bool"),
        (binary("EQUAL", (0.1, "int8"), (0.1, "bool")), "compares int8 with bool"),
        (binary("EQUAL", (0.1, "int8"), (0.1, "int8"), output="int8"), "is int8"),
        (binary("LOGICAL_OR", (0.1, "bool"), (0.1, "int8")), "is int8"),
        (binary("LESS", (0.1, "int8"), (0.1, "int8"), axes=4), "do not broadcast over at most 4 axes"),
    ],
)
def test_refusals(model: bytes, reason: str) -> None:
    assert reason in refusal(model).message


@pytest.mark.parametrize(("condition", "second", "reason"), [("int8", "int8", "is int8"), ("bool", "float32", "is float32")])
def test_selections(condition: str, second: str, reason: str) -> None:
    builder = ModelBuilder()
    inputs = [builder.tensor(SHAPE, 0.1, 0, dtype=dtype) for dtype in (condition, "int8", second)]
    output = builder.tensor(SHAPE, 0.1, 0)
    builder.operator("SELECT_V2", inputs, output, "SelectV2Options")
    assert reason in refusal(builder.build(inputs, [output])).message


def test_casts_of_wider_types() -> None:
    builder = ModelBuilder()
    source, best = builder.tensor(SHAPE, 0.1, 0), builder.tensor((1,), 0.1, 0, dtype="int32")
    builder.operator("ARG_MAX", [source, builder.constant(np.array(1, np.int32))], best, "ArgMaxOptions", outputType=2)
    output = builder.operator("CAST", [best], builder.tensor((1,), 0.1, 0), "CastOptions")
    assert "is int32" in refusal(builder.build([source], [output])).message
