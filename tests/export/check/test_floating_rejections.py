"""Operators on floats that the reference kernels refuse, or whose last bit is a C library's affair."""

import pytest

from tests.export.check.test_rejections import TANH, refusal
from tests.support.model_builder import ModelBuilder

SHAPE = (1, 4)


def island(kind: str, options: str | None = None, second: str | None = None, axes: int = 0, **fields: int) -> bytes:
    """One operator between DEQUANTIZE and QUANTIZE, or of that and an input of type ``second`` that broadcasts in turns."""
    builder = ModelBuilder()
    shapes = [tuple(2 if (axis + side) % 2 else 1 for axis in range(axes)) + SHAPE for side in range(2)]
    whole = (*(2,) * axes, *SHAPE) if second else shapes[0]
    source, inputs = builder.tensor(shapes[0], 0.1, 0), []
    operands = [builder.operator("DEQUANTIZE", [source], builder.tensor(shapes[0], 1.0, 0, dtype="float32"))]
    if second:
        inputs.append(builder.tensor(shapes[1], 0.1, 0, dtype=second))
    result = builder.operator(
        kind, [*operands, *inputs], builder.tensor(whole, 1.0, 0, "real", dtype="float32"), options, **fields
    )
    output = builder.operator("QUANTIZE", [result], builder.tensor(whole, 0.1, 0))
    return builder.build([source, *inputs], [output])


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (island("LOGISTIC"), "LOGISTIC 'real' (operator 1): tensor 't1' is float32"),
        (island("SIN"), "this operator is not supported"),
        (island("ADD", "AddOptions", "int8"), "is int8"),
        (island("ADD", "AddOptions", "float32", fusedActivationFunction=TANH), "has the fused activation TANH"),
        (island("MAXIMUM", None, "float32", axes=4), "do not broadcast over at most four axes"),
        (island("NEG", None, "float32"), "has 2 inputs and 1 outputs"),
    ],
)
def test_refusals(model: bytes, reason: str) -> None:
    assert reason in refusal(model).message
