"""Firmware for MLPerf Tiny's runner: its answers over a pseudo-terminal, and results equal to the reference's to the last digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from export.boards import default_board
from export.build import Build, build
from export.check import check
from export.errors import DoesNotFitError, InputError
from export.graph import item_type
from export.mlperf_tiny import Benchmark
from export.programs import ARM_GCC, QEMU
from export.read import read_bytes
from export.reference import predict
from export.run import default_place, open_device
from tests.support.command_line import invoke, refused
from tests.support.mlperf_runner import runner_at_qemu
from tests.support.model_builder import ModelBuilder
from tests.support.small_model import small_model

SHARED = Path(__file__).parents[2] / "shared" / "models"
CORES = ("cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")

needs_qemu = pytest.mark.skipif(QEMU.find() is None, reason=f"{QEMU.name} is not installed")


def autoencoder(dtype: str = "int8") -> bytes:
    """24 values to 24, off by a little; as int8, or as floats that the model quantizes itself."""
    builder = ModelBuilder()
    weights = np.random.default_rng(2).integers(-20, 21, (24, 24), np.int8) + 100 * np.eye(24, dtype=np.int8)
    source, result = builder.tensor((1, 24), 0.05, 3, "source"), builder.tensor((1, 24), 0.07, -5, "result")
    ends = [source], [result]
    if dtype == "float32":
        ends = [builder.tensor((1, 24), 1.0, 0, dtype=dtype)], [builder.tensor((1, 24), 1.0, 0, dtype=dtype)]
        builder.operator("QUANTIZE", ends[0], source)
    builder.operator(
        "FULLY_CONNECTED", [source, builder.constant(weights.astype(np.int8), [0.01])], result, "FullyConnectedOptions"
    )
    if dtype == "float32":
        builder.operator("DEQUANTIZE", [result], ends[1][0])
    return builder.build(*ends)


class Case(NamedTuple):
    """A model for a task; ``load`` makes what the runner sends into the model's input, ``loaded`` makes what it sends."""

    task: str
    model: bytes
    loaded: Callable[[np.random.Generator], np.ndarray]
    load: Callable[[np.ndarray], np.ndarray]


def quantized(values: np.ndarray) -> np.ndarray:
    steps = values / np.float32(0.05)
    rounded = np.trunc(steps + np.copysign(np.float32(0.5), steps))
    return np.clip(rounded + 3, -128, 127).astype(np.int8)


CASES = {
    "pixels": Case("ic01", small_model(), lambda g: g.integers(0, 256, 256, np.uint8), lambda p: (p ^ 128).view(np.int8)),
    "bytes": Case("kws01", small_model(), lambda g: g.integers(0, 256, 256, np.uint8), lambda p: p.view(np.int8)),
    "floats": Case("ad01", autoencoder(), lambda g: g.normal(0, 4, 24).astype(np.float32), quantized),
    "as they are": Case("ad01", autoencoder("float32"), lambda g: g.normal(0, 4, 24).astype(np.float32), lambda p: p),
}


def made(tmp_path: Path, case: Case, target: str, kind: str = "gcc") -> Build:
    if kind == "gcc" and not ARM_GCC.find():
        pytest.skip(f"{ARM_GCC.name} is not installed")
    path = tmp_path / "tested_model.tflite"
    path.write_bytes(case.model)
    return build(path, default_board(target), tmp_path / "out", prefer=kind, benchmark=Benchmark(case.task))  # type: ignore[arg-type]


def expected(case: Case, loaded: np.ndarray) -> list[str]:
    """The results in the runner's words, by the reference executor and IEEE arithmetic."""
    graph = check(read_bytes(case.model, "test", "tested_model"))
    source, result = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    (output,) = predict(graph, [case.load(loaded).reshape(source.shape)])
    real = output.astype(np.float32).reshape(-1)
    if item_type(result.dtype) != np.float32:
        real = (output.astype(np.int32) - result.zero_point).astype(np.float32).reshape(-1) * np.float32(result.scale)
    if case.task != "ad01":
        return [f"{float(value):.3f}" for value in real]
    total = np.float32(0)
    for difference in real - loaded:
        total += difference * difference
    return [f"{float(total / np.float32(len(real))):.3f}"]


@needs_qemu
@pytest.mark.parametrize(
    ("target", "kind", "which"),
    [(target, kind, "floats") for target in CORES for kind in ("gcc", "zig")]
    + [("cortex-m4", "gcc", which) for which in CASES if which != "floats"],
)
def test_results_are_the_references(tmp_path: Path, target: str, kind: str, which: str) -> None:
    case = CASES[which]
    generator = np.random.default_rng(3)
    firmware = made(tmp_path, case, target, kind)
    with runner_at_qemu(firmware.firmware.elf, default_board(target)) as runner:
        for _ in range(3):
            loaded = case.loaded(generator)
            assert runner.load(loaded.tobytes()) == ["m-load-done"]
            for _ in range(2):  # what was loaded stays
                assert runner.infer(1, 0)[0] == expected(case, loaded)


@needs_qemu
def test_times_are_those_of_the_inferences(tmp_path: Path) -> None:
    """On QEMU an instruction takes 2^7 ns; counted by the firmware of the serial protocol."""
    case, board = CASES["pixels"], default_board("cortex-m4")
    firmware = made(tmp_path, case, "cortex-m4")
    serial = build(tmp_path / "tested_model.tflite", board, tmp_path / "serial", prefer="gcc")
    loaded = case.loaded(np.random.default_rng(4))
    with open_device(default_place(board), serial.firmware.elf, board) as device:
        instructions = device.infer(case.load(loaded).tobytes()).instructions
    assert instructions
    with runner_at_qemu(firmware.firmware.elf, board) as runner:
        runner.load(loaded.tobytes())
        few, many = runner.infer(10, 1)[1], runner.infer(210, 0)[1]
    assert 1.0 <= (many - few) / (200 * instructions * 0.128) < 1.01, "the loop itself takes a few instructions"


@needs_qemu
def test_answers(tmp_path: Path) -> None:
    """Each command, right and wrong; expressions as the official runner has them."""
    firmware = made(tmp_path, CASES["pixels"], "cortex-m4")
    with runner_at_qemu(firmware.firmware.elf, default_board("cortex-m4")) as runner:
        assert runner.command("name") == ["m-name-dut-[AttendNets-TF tested_model]"]
        assert runner.command("profile") == ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", "m-model-[ic01]"]
        assert len(runner.command("help")) > 4
        (first,), (second,) = runner.command("timestamp"), runner.command("timestamp")
        assert int(first.removeprefix("m-lap-us-")) < int(second.removeprefix("m-lap-us-"))
        assert runner.command("infer 1 0") == ["e-[The model takes 256 bytes, loaded are 0]"]
        assert runner.command("db load 3") == ["m-[Expecting 3 bytes]"]
        assert runner.command("db 00fFA5beef") == ["m-load-done"], "more digits than announced are passed over"
        assert runner.command("db 11") == []
        assert runner.command("db print") == ["m-buffer-00-ff-a5"]
        assert runner.command("infer 1 0") == ["e-[The model takes 256 bytes, loaded are 3]"]
        assert runner.load(bytes(range(256))) == ["m-load-done"]
        assert runner.command("db print")[1] == "m-buffer-08-09-0a-0b-0c-0d-0e-0f"
        assert runner.command("infer")[0] == "m-warmup-start-10"
        assert runner.command("infer 2")[2] == "m-infer-start-2"
        assert runner.command("results") == runner.command("infer 1 0")[-1:]
        for wrong, answer in {
            "": "e-[Unknown command: ]",
            "\r\nnames": "e-[Unknown command: names]",
            "x" * 80: f"e-[Unknown command: {'x' * 80}]",
            "db " + "0" * 78: "e-[A command has at most 80 characters]",
            "infer 0": "e-[Not a number of inferences: 0]",
            "infer 1 -1": "e-[Not a number of warm-ups: -1]",
            "db": "e-[db needs load, print or bytes in hexadecimal]",
            "db load": "e-[Not a number of bytes: ]",
            "db load 12345678901": "e-[Not a number of bytes: 12345678901]",
            "db load 257": "e-[No room for 257 bytes, only for 256]",
            "db 0": "e-[Not pairs of hexadecimal digits: 0]",
            "db 0g": "e-[Not pairs of hexadecimal digits: 0g]",
        }.items():
            assert runner.command(wrong) == [answer]


@needs_qemu
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there: the benchmark's own models were not tried")
@pytest.mark.parametrize(("name", "task", "flip"), [("pretrainedResnet_quant", "ic01", 128), ("kws_ref_model", "kws01", 0)])
def test_the_benchmarks_own_models(tmp_path: Path, name: str, task: str, flip: int) -> None:
    content = (SHARED / f"{name}.tflite").read_bytes()
    size = {"ic01": 3072, "kws01": 490}[task]
    case = Case(task, content, lambda g: g.integers(0, 256, size, np.uint8), lambda p: (p ^ flip).view(np.int8))
    path = SHARED / f"{name}.tflite"
    board = default_board("cortex-m4")
    firmware = build(path, board, tmp_path / "out", benchmark=Benchmark(None))
    assert firmware.report()["benchmark"]["task"] == task, "told by the size of the input"
    loaded = case.loaded(np.random.default_rng(5))
    with runner_at_qemu(firmware.firmware.elf, board) as runner:
        runner.load(loaded.tobytes())
        assert runner.infer(1, 0)[0] == expected(case, loaded)


def test_command_line(tmp_path: Path) -> None:
    model, out = tmp_path / "small.tflite", tmp_path / "out"
    model.write_bytes(small_model())
    assert "takes 256 values" in refused(invoke("build", model, "--harness", "mlperf-tiny", "--out", out))
    assert not out.exists()
    assert "--task is for" in refused(invoke("build", model, "--task", "ic01", "--out", out))
    tflm = invoke("build", model, "--harness", "mlperf-tiny", "--task", "ic01", "--runtime", "tflm", "--out", out)
    assert "--harness is for generated C" in refused(tflm)
    built = invoke("build", model, "--harness", "mlperf-tiny", "--task", "vww01", "--out", out, "--json")
    report = json.loads(built.stdout)
    assert report["benchmark"] | {"pixels": None} == {
        "protocol": "mlperf-tiny",
        "task": "vww01",
        "loading": "pixels",
        "loaded_bytes": 256,
        "result": "scores",
        "pixels": None,
    }
    assert report["self_test"] is None and not (out / "renode").exists()
    image = tmp_path / "grey.png"
    Image.new("L", (16, 16)).save(image)
    for command in (("run", out, "--image", image), ("verify", out), ("flash", out, "--port", "/dev/null")):
        assert "benchmark's runner" in refused(invoke(*command))


@pytest.mark.parametrize(
    ("model", "task", "reason"),
    [
        (autoencoder(), None, "takes 24 values"),
        (small_model(), "ad01", "4 outputs for 256 inputs"),
        (autoencoder("float32"), "ic01", "its input is float32"),
    ],
)
def test_models_that_suit_no_task(tmp_path: Path, model: bytes, task: str | None, reason: str) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(model)
    with pytest.raises(InputError, match=reason):
        build(path, default_board("cortex-m4"), tmp_path / "out", benchmark=Benchmark(task))


def test_what_is_loaded_counts_as_ram(tmp_path: Path) -> None:
    """A model that fits its board only without the runner's buffer."""
    builder = ModelBuilder()
    board = default_board("cortex-m4")
    size = (board.ram[0].bytes * len(board.ram) - 4096) // 6 * 2
    source, result = builder.tensor((1, size), 0.1, 0), builder.tensor((1, size), 0.1, 0)
    builder.operator("RELU", [source], result)
    path = tmp_path / "large.tflite"
    path.write_bytes(builder.build([source], [result]))
    assert build(path, board, tmp_path / "out").out.is_dir()
    with pytest.raises(DoesNotFitError, match="bytes of RAM"):
        build(path, board, tmp_path / "out", benchmark=Benchmark("ad01"))
