"""Rendered projects are reproducible, self-contained, and safe whatever a model calls its tensors."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.compile.firmware import compile_firmware
from export.compile.host import compile_host, library_name
from export.compile.host_model import HostModel
from export.compile.toolchain import find_toolchain
from export.errors import AttendNetsError
from export.names import model_name
from export.option_names import PASS_NAMES
from export.plan import Plan
from export.read import read_bytes
from export.render import render
from tests.support.model_builder import ModelBuilder

TARGET = default_board("cortex-m4")


LABELS = ("cat", "dog */ x", "c", "d", "e", "f", "g", "h")


def plan_of(names: list[str], name: str = "model") -> Plan:
    """A chain of RELUs with the given output names, as they stand."""
    builder = ModelBuilder()
    tensors = [builder.tensor((1, 8), 0.1, 0, "x")]
    for position, tensor in enumerate(names):
        tensors.append(builder.tensor((1, 8), 0.1 * (position + 2), 0, tensor))
        builder.operator("RELU", [tensors[-2]], tensors[-1])
    graph = read_bytes(builder.build(tensors[:1], tensors[-1:]), name, name)
    return compile_plan(graph, TARGET, LABELS, "", without=PASS_NAMES)


def files_of(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def rendered(plan: Plan, directory: Path) -> dict[str, bytes]:
    directory.mkdir()
    render(plan, directory)
    return files_of(directory)


def test_equal_plans_give_equal_bytes(tmp_path: Path) -> None:
    first, second = (rendered(plan_of(["a/relu", "b/relu"]), tmp_path / name) for name in ("first", "second"))
    assert first == second
    assert not any(str(tmp_path).encode() in content for content in first.values())


def test_a_changed_weight_changes_the_plan_hash() -> None:
    assert plan_of(["a/relu"]).hash == plan_of(["a/relu"]).hash != plan_of(["b/relu"]).hash


def test_only_the_kernels_in_use_are_there(tmp_path: Path) -> None:
    kernels = [
        name for name in rendered(plan_of(["a/relu"]), tmp_path / "out") if name.startswith("kernels/") and name.endswith(".c")
    ]
    assert kernels == ["kernels/an_lookup.c"]


HOSTILE = [
    *("*/ int evil; /*", "main", "int", "2fast", "an_lookup", "model_run", "résumé", "a\\", "??/", "x" * 300, "printf", ""),
    *("int8_t", "size_t", "output_0", "input_1", "model_arena", "a/b/table", "a/b", "a/b;c/d", "a\nb", "signed"),
]

FILE_NAMES = (
    *(
        "main",
        "string",
        "stdint",
        "uart",
        "counter",
        "stack",
        "text",
        "frame",
        "crc32",
        "fault",
        "measure",
        "memory",
        "startup",
    ),
    *(
        "an",
        "an_model",
        "an_kernels",
        "an_window",
        "an_lookup",
        "9",
        "int",
        "memcpy",
        "model.with.dots",
        "ü",
        "Makefile",
        "linker",
    ),
)


def test_hostile_names_compile(tmp_path: Path) -> None:
    plan = plan_of(HOSTILE)
    names = [step.name for step in plan.steps]
    assert len(set(names)) == len(names) and all(name.isidentifier() and name.isascii() and "_" in name for name in names)
    render(plan, tmp_path)
    compiler = shutil.which("cc") or pytest.skip("no C compiler on this machine")
    command = [
        compiler,
        "-std=c99",
        "-pedantic",
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Werror",
        "-c",
        "-iquotekernels",
        "-o",
        "out.o",
    ]
    subprocess.run([*command, "model/model.c"], cwd=tmp_path, check=True)


@pytest.mark.parametrize("kind", ["gcc", "zig"])
def test_a_model_may_be_called_like_a_file_of_the_firmware(kind: str, tmp_path: Path) -> None:
    board = default_board("cortex-m4")
    try:
        toolchain = find_toolchain(board.target, kind)  # type: ignore[arg-type]
    except AttendNetsError as error:
        pytest.skip(error.message)
    for position, stem in enumerate(FILE_NAMES if kind == "gcc" else FILE_NAMES[:4]):
        directory = tmp_path / str(position)
        plan = plan_of(["a/relu"], model_name(stem))
        rendered(plan, directory)
        assert compile_firmware(directory, board, plan.name, toolchain).elf.is_file()
        library = compile_host(directory, tmp_path / library_name(f"host{position}"))
        assert len(HostModel(library, plan.name, [8], [8]).predict(np.zeros((1, 8), np.int8))) == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [("digits", "digits"), ("My Model-2", "my_model_2"), ("3d", "model_3d"), ("", "model"), ("___", "model"), ("Ü", "model")],
)
def test_identifiers(text: str, name: str) -> None:
    assert model_name(text) == name


def test_plan_json_says_it_all(tmp_path: Path) -> None:
    plan = plan_of(["a/relu", "b/relu"])
    content = json.loads(rendered(plan, tmp_path / "out")["plan.json"])
    assert content["schema_version"] == 1 and content["plan_sha256"] == plan.sha256
    assert content["labels"] == list(LABELS)
    assert [step["layer"] for step in content["steps"]] == ["a/relu", "b/relu"]
    assert content["arena"]["bytes"] == sum(b["bytes"] for b in content["buffers"] if b["bank"] == "arena")


def test_equal_constants_are_stored_once() -> None:
    builder = ModelBuilder()
    tensors = [builder.tensor((1, 4), 1.0, 0) for _ in range(3)]
    for source, output in itertools.pairwise(tensors):
        weights = builder.constant(np.arange(16, dtype=np.int8).reshape(4, 4), [0.5])
        builder.operator("FULLY_CONNECTED", [source, weights], output, "FullyConnectedOptions")
    plan = compile_plan(read_bytes(builder.build(tensors[:1], tensors[-1:]), "m", "m"), TARGET, (), "")
    assert plan.constant_bytes == 16 + 4 * 12
    assert [d.subject for d in plan.decisions] == ["constants"] and "64 bytes" in plan.decisions[0].saved
