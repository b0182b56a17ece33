"""Rendered projects are reproducible, self-contained, and safe whatever a model calls its tensors."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from export.build import compile_plan
from export.plan import Plan
from export.read import identifier, read_bytes
from export.render import render
from export.targets import load_target
from tests.support.model_builder import ModelBuilder

TARGET = load_target("cortex-m4")


def plan_of(names: list[str], model_name: str = "model") -> Plan:
    """A chain of RELUs with the given output names."""
    builder = ModelBuilder()
    tensors = [builder.tensor((1, 8), 0.1, 0, "x")]
    for position, name in enumerate(names):
        tensors.append(builder.tensor((1, 8), 0.1 * (position + 2), 0, name))
        builder.operator("RELU", [tensors[-2]], tensors[-1])
    return compile_plan(
        read_bytes(builder.build(tensors[:1], tensors[-1:]), model_name, model_name), TARGET, ("cat", "dog */ x"), ""
    )


def files_of(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def rendered(plan: Plan, directory: Path) -> dict[str, bytes]:
    directory.mkdir()
    render(plan, TARGET, directory)
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
    "*/ int evil; /*",
    "main",
    "int",
    "2fast",
    "an_lookup",
    "model_run",
    "résumé",
    "a\\",
    "??/",
    "x" * 300,
    "printf",
    "",
    "a/b;c/d",
]


def test_hostile_names_compile(tmp_path: Path) -> None:
    plan = plan_of(HOSTILE)
    names = [step.name for step in plan.steps]
    assert len(set(names)) == len(names) and all(name.isidentifier() and name.isascii() and "_" in name for name in names)
    render(plan, TARGET, tmp_path)
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
        "-Ikernels",
        "-o",
        "out.o",
    ]
    subprocess.run([*command, "model/model.c"], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    ("text", "name"),
    [("digits", "digits"), ("My Model-2", "my_model_2"), ("3d", "model_3d"), ("", "model"), ("___", "model"), ("Ü", "model")],
)
def test_identifiers(text: str, name: str) -> None:
    assert identifier(text) == name


def test_plan_json_says_it_all(tmp_path: Path) -> None:
    plan = plan_of(["a/relu", "b/relu"])
    content = json.loads(rendered(plan, tmp_path / "out")["plan.json"])
    assert content["schema_version"] == 1 and content["plan_sha256"] == plan.sha256
    assert content["labels"] == ["cat", "dog */ x"]
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
