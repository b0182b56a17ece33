"""The kernels that a core has of its own, and their choice, on the emulated core: byte for byte the reference's results."""

import shutil
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from export.boards import default_board
from export.build import build
from export.check import check
from export.project import load_project
from export.reference import predict
from export.run import default_place, open_device
from export.verify import random_samples
from tests.support.kernel_zoo import EXTREMES, KernelZoo
from tests.support.model_builder import ModelBuilder

CASES = 64
NAMES = ("conv_2d", "depthwise_3x3", "add", "mul", "attend")
KERNELS = {
    "thumb": {f"an_thumb_{name}" for name in NAMES},
    "dsp": {f"an_dsp_{name}" for name in (*NAMES, "fully_connected", "average_pool_2d", "max_pool_2d")},
    "mve": {f"an_mve_{name}" for name in (*NAMES, "fully_connected")}
    | {"an_dsp_depthwise_3x3", "an_dsp_average_pool_2d", "an_mve_pool_2x2"},
}
Compiler = Literal["gcc", "zig"]


@pytest.mark.parametrize(
    ("target", "compiler", "seed"),
    [
        ("cortex-m4", "gcc", 1),
        ("cortex-m4", "gcc", 2),
        ("cortex-m4", "zig", 3),
        ("cortex-m7", "gcc", 6),
        ("cortex-m33", "zig", 5),
        ("cortex-m55", "gcc", 2),
        ("cortex-m55", "zig", 5),
        ("cortex-m0", "gcc", 3),
        ("cortex-m0plus", "zig", 2),
    ],
)
def test_kernels_equal_the_reference(target: str, compiler: Compiler, seed: int, tmp_path: Path) -> None:
    if compiler == "gcc" and shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    model = tmp_path / "zoo.tflite"
    model.write_bytes(KernelZoo(seed).model(CASES))
    built = build(model, default_board(target), tmp_path / "out", prefer=compiler)
    kernels = [step.kernel for step in built.plan.steps]
    project = load_project(tmp_path / "out")
    graph = check(project.graph())
    place = default_place(project.board)
    if place == "qemu" and shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    with open_device(place, project.elf, project.board, counting=False) as device:
        for sample in random_samples(6, project.inputs, seed):
            outputs = np.frombuffer(device.infer(sample.tobytes()).output, np.int8)
            start = 0
            for number, expected in enumerate(predict(graph, split(sample, project.inputs))):
                found = outputs[start : start + expected.size].reshape(expected.shape)
                (step,) = (step for step in built.plan.steps if step.tensor == graph.outputs[number])
                np.testing.assert_array_equal(found, expected, f"{step.kernel}: {step.shapes} {step.parameters}")
                start += expected.size
    assert set(kernels) >= KERNELS[built.plan.board.target.tier], (
        "every special kernel is there, and some layers are left to the portable ones"
    )
    assert {"an_conv_2d", "an_depthwise_conv_2d"} & set(kernels)


def split(sample: np.ndarray, inputs: object) -> list[np.ndarray]:
    arrays, start = [], 0
    for value in inputs:  # type: ignore[attr-defined]
        arrays.append(sample[start : start + value.bytes].reshape(value.shape))
        start += value.bytes
    return arrays


@pytest.mark.parametrize("target", ["cortex-m4", "cortex-m55"])
def test_rows_of_extreme_values(target: str, tmp_path: Path) -> None:
    """Sums that are as large as any of so many values can be, in all combinations of neighbours' signs."""
    pairs = list(product(EXTREMES, EXTREMES))
    weights = np.array([pair * 515 for pair in pairs], np.int8)
    builder = ModelBuilder()
    source, output = builder.tensor((1, 1030), 0.05, -3), builder.tensor((1, len(pairs)), 800.0, 0)
    builder.operator("FULLY_CONNECTED", [source, builder.constant(weights, [0.1])], output, "FullyConnectedOptions")
    model = tmp_path / "extremes.tflite"
    model.write_bytes(builder.build([source], [output]))
    built = build(model, default_board(target), tmp_path / "out")
    project = load_project(tmp_path / "out")
    place = default_place(project.board)
    if place == "qemu" and shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    assert [step.kernel for step in built.plan.steps] == [f"an_{built.plan.board.target.tier}_fully_connected"]
    graph = check(project.graph())
    with open_device(place, project.elf, project.board, counting=False) as device:
        for values in weights[:, np.newaxis]:
            (expected,) = predict(graph, [values])
            assert 90 < expected.max() < 127
            np.testing.assert_array_equal(np.frombuffer(device.infer(values.tobytes()).output, np.int8), expected[0])
