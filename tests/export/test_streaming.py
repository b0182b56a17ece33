"""Row-streamed execution: the same bytes from a fraction of the RAM, on hosts and cores, however the rows arrive."""

from __future__ import annotations

import ctypes
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from export.boards import default_board
from export.build import build
from export.check import check
from export.compile.host import library_name
from export.compile.host_model import open_host_model
from export.plan import choice
from export.project import Project, load_project
from export.reference import predict
from export.run import open_device
from export.run.unicorn import UnicornDevice
from export.verify import random_samples
from tests.support.poison import Poisoner
from tests.support.streamed_models import StreamedModel

SEEDS = range(12)


@pytest.fixture
def least_ram(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow."""
    monkeypatch.setattr(choice, "SLOWDOWN", 1000.0)


def built(seed: int, target: str, folder: Path) -> Project:
    model = folder / "streamed.tflite"
    model.write_bytes(StreamedModel(seed).build())
    build(model, default_board(target), folder / "out", prefer="zig" if seed % 2 else None)
    return load_project(folder / "out")


def expected(project: Project, sample: np.ndarray) -> bytes:
    graph = check(project.graph())
    return b"".join(array.tobytes() for array in predict(graph, [sample.reshape(project.inputs[0].shape)]))


def segments(project: Project) -> list[Any]:
    import json

    return list(json.loads((project.directory / "plan.json").read_text())["segments"])


@pytest.mark.usefixtures("least_ram")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("target", ["cortex-m0", "cortex-m4"])
def test_the_same_bytes_on_cores_though_dead_bytes_are_poisoned(seed: int, target: str, tmp_path: Path) -> None:
    model = tmp_path / "streamed.tflite"
    model.write_bytes(StreamedModel(seed).build())
    result = build(model, default_board(target), tmp_path / "out", prefer="zig" if seed % 2 else None)
    project = load_project(tmp_path / "out")
    with UnicornDevice(project.elf, project.board) as device:
        starts = {"arena": "__arena_start", "arena_2": "__arena_2_start"}
        poisoner = Poisoner(
            result.plan,
            lambda bank, offset, data: device._emulator.mem_write(device._image.value(starts[bank]) + offset, data),
        )
        device._profile.on_layer_end = poisoner.after_layer
        for sample in random_samples(4, project.inputs, seed):
            poisoner.restart()
            assert device.infer(sample.tobytes()).output == expected(project, sample)
    assert poisoner.bytes > 0


@pytest.mark.usefixtures("least_ram")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_bytes_with_helium(seed: int, tmp_path: Path) -> None:
    if shutil.which("qemu-system-arm") is None:
        pytest.skip("qemu-system-arm is not installed")
    project = built(seed, "cortex-m55", tmp_path)
    with open_device("qemu", project.elf, project.board, counting=False) as device:
        for sample in random_samples(3, project.inputs, seed):
            assert device.infer(sample.tobytes()).output == expected(project, sample)


@pytest.mark.usefixtures("least_ram")
@pytest.mark.parametrize("seed", SEEDS)
def test_any_number_of_rows_at_a_time(seed: int, tmp_path: Path) -> None:
    """begin and push_rows give what run gives; after the last row, more rows change nothing."""
    project = built(seed, "cortex-m4", tmp_path)
    model = open_host_model(project.directory, project.name, project.inputs, project.outputs, tmp_path)
    pushed = bool(segments(project)) and segments(project)[0]["pushed"]
    library = ctypes.CDLL(str(tmp_path / library_name(project.name)))
    if not pushed:
        assert not hasattr(library, f"{project.name}_push_rows")
        pytest.skip("this network's input is not streamed")
    begin, push = (getattr(library, f"{project.name}_{name}") for name in ("begin", "push_rows"))
    _, height, width, channels = project.inputs[0].shape
    random = np.random.default_rng(seed)
    for sample in random_samples(4, project.inputs, seed):
        output = np.zeros(project.outputs[0].bytes, np.int8)
        begin(output.ctypes.data_as(ctypes.c_void_p))
        rows, row = np.ascontiguousarray(sample.reshape(height, width * channels)), 0
        while row < height:
            count = min(height - row, int(random.integers(1, 6)))
            left = push(rows[row : row + count].ctypes.data_as(ctypes.c_void_p), ctypes.c_int32(count))
            row += count
            assert left == height - row
        assert output.tobytes() == expected(project, sample) == model.predict(sample[None]).tobytes()
        assert push(rows.ctypes.data_as(ctypes.c_void_p), ctypes.c_int32(height)) == 0
        assert output.tobytes() == expected(project, sample)


@pytest.mark.usefixtures("least_ram")
def test_most_of_these_networks_are_streamed(tmp_path: Path) -> None:
    streamed = 0
    for seed in SEEDS:
        (tmp_path / str(seed)).mkdir()
        streamed += bool(segments(built(seed, "cortex-m4", tmp_path / str(seed))))
    assert streamed >= len(SEEDS) * 2 // 3
