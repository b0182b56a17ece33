"""Operators on floats, on every core and by either compiler: the soft-float libraries round as the interpreters do."""

from pathlib import Path

import numpy as np
import pytest

from export.boards import default_board
from export.build import build
from export.compile.toolchain import Kind, find_toolchain
from export.errors import AttendNetsError
from export.project import load_project
from export.targets import load_target
from export.verify import verify
from tests.support.model_builder import ModelBuilder
from tests.support.operators.floating import BINARY, EDGES, FUSED, UNARY

SIZE = 64


def every_operator() -> bytes:
    """Every operator of floats on two inputs, and QUANTIZE."""
    builder = ModelBuilder()
    first, second = inputs = [builder.tensor((1, SIZE), 1.0, 0, dtype="float32") for _ in range(2)]
    outputs = []
    for kind in (*BINARY, *UNARY):
        operands = [first, second] if kind in BINARY else [first]
        output = builder.tensor((1, SIZE), 1.0, 0, kind.lower(), dtype="float32")
        options = "LeakyReluOptions" if kind == "LEAKY_RELU" else FUSED.get(kind)
        outputs.append(builder.operator(kind, operands, output, options, **({"alpha": 0.3} if kind == "LEAKY_RELU" else {})))
    quantized = builder.tensor((1, SIZE), 0.1, 3, "quantized")
    outputs.append(builder.operator("QUANTIZE", [first], quantized, "QuantizeOptions"))
    return builder.build(inputs, outputs)


def samples() -> list[np.ndarray]:
    """Usual values, edges against edges, and any bits that are numbers, those of tiny numbers among them."""
    generator = np.random.default_rng(0)
    pairs = [generator.normal(0, 5, (2, SIZE)), generator.choice(EDGES, (2, SIZE)), generator.choice(EDGES, (2, SIZE))]
    pairs += [generator.integers(0, 2**32, (2, SIZE), np.uint32).view(np.float32) for _ in range(2)]
    pairs += [generator.uniform(-1, 1, (2, SIZE)) * [[1e-38], [3.0]], generator.uniform(-1, 1, (2, SIZE)) * [[1e-30], [1e9]]]
    return [np.where(np.isnan(pair), 1, pair).astype(np.float32).reshape(-1).view(np.int8) for pair in pairs]


@pytest.mark.parametrize(("target", "compiler"), [("cortex-m0", "gcc"), ("cortex-m4", "gcc"), ("cortex-m4", "zig")])
def test_firmware_computes_the_same_bytes(target: str, compiler: Kind, tmp_path: Path) -> None:
    try:
        find_toolchain(load_target(target), compiler)
    except AttendNetsError as error:
        pytest.skip(error.message)
    model = tmp_path / "floats.tflite"
    model.write_bytes(every_operator())
    build(model, default_board(target), tmp_path / "out", prefer=compiler)
    verification = verify(load_project(tmp_path / "out"), samples())
    assert verification.equal, verification.first_difference
    assert {"host C", "firmware on unicorn", "tflite-micro"} <= set(verification.checked)
