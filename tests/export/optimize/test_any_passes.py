"""Any choice of passes gives the same bytes, in the reference executor and in generated C, and no pass undoes another's work."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from export.boards import default_board
from export.build import build, compile_plan
from export.check import check
from export.errors import InputError
from export.optimize import PASSES, optimize
from export.option_names import PASS_NAMES
from export.project import load_project
from export.read import read_bytes
from export.render import render
from export.verify import random_samples, verify
from tests.support.graphs import random_graph
from tests.support.oracle import tflm
from tests.support.projects import expected, payload

from .networks import Network, assert_equal, mobilenet

COMPILED = 8
TARGET = default_board("cortex-m4")


def some_passes(seed: int) -> list[str]:
    """None, each one, all but one, then any."""
    names, count = list(PASSES), len(PASSES)
    if seed < 2 * count:
        return [name for i, name in enumerate(names) if (i == seed % count) == (seed < count)]
    return [name for name in names if np.random.default_rng(seed).uniform() < 0.5]


@pytest.mark.parametrize("seed", range(60))
def test_any_subset_of_passes_gives_the_same_bytes(seed: int) -> None:
    for case in (mobilenet(1000 + seed), random_graph(1000 + seed)):
        graph = check(read_bytes(case.model, "model", "model"))
        for without in (some_passes(seed), some_passes(seed + 60)):
            assert_equal(graph, optimize(graph, without)[0], case)
            compile_plan(graph, TARGET, (), "", without)


@pytest.mark.parametrize("seed", range(COMPILED))
def test_generated_c_equals_the_oracle(seed: int, tmp_path: Path) -> None:
    from export.compile.host import compile_host_program

    case = mobilenet(2000 + seed)
    graph = check(read_bytes(case.model, "test model", "case_model"))
    plan = compile_plan(graph, TARGET, (), "", some_passes(20 + seed) if seed % 4 == 3 else ())
    (tmp_path / "project").mkdir()
    render(plan, tmp_path / "project")
    program = compile_host_program(tmp_path / "project", tmp_path / "program")
    done = subprocess.run([program], input=payload(case), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    oracle = b"".join(np.ascontiguousarray(values).tobytes() for values in tflm(case.model, case.inputs))
    assert done.stdout == expected(case) == oracle


def test_a_wrong_layer_that_only_a_pass_made_is_no_obstacle(tmp_path: Path) -> None:
    """Firmware whose first layer has fewer channels than the file's proves its bytes; with a wrong bias, a layer is named."""
    net = Network(0)
    source = net.tensor((1, 6, 6, 2))
    x = net.unary(net.fully_connected(net.flatten(net.convolution(source, 8, dead=0.5)), 4, dead=0), "LOGISTIC")
    (tmp_path / "dead.tflite").write_bytes(net.case([source], [x]).model)
    build(tmp_path / "dead.tflite", default_board("cortex-m4"), tmp_path / "project")
    project = load_project(tmp_path / "project")
    assert project.layers[0].tensor >= len(net.builder.graph.tensors)
    assert verify(project, random_samples(4, project.inputs)).equal
    weights = project.directory / "model" / f"{project.name}_weights.h"
    first_bias = re.compile(rf"({project.layers[0].symbol}_channels\[\d+\] = {{\s+{{?)(-?\d+)")
    text, count = first_bias.subn(lambda match: f"{match[1]}{int(match[2]) + 9_000}", weights.read_text())
    assert count == 1
    weights.write_text(text)
    difference = verify(project, list(random_samples(5, project.inputs))[3:]).first_difference
    assert difference is not None and difference["layer"] in [layer.name for layer in project.layers[1:]]


def test_passes_settle() -> None:
    """What comes out is left as it is by another run of all passes."""
    for seed in range(20):
        case = mobilenet(3000 + seed)
        graph, decisions = optimize(check(read_bytes(case.model, "model", "model")))
        again, rest = optimize(graph)
        assert again is graph and {d.chosen for d in rest} <= {"kept"}
        assert set(rest) <= set(decisions)


def test_tensors_of_the_file_keep_their_place() -> None:
    for seed in range(20):
        case = mobilenet(4000 + seed)
        graph = check(read_bytes(case.model, "model", "model"))
        result, _ = optimize(graph)
        assert (result.inputs, result.outputs) == (graph.inputs, graph.outputs)
        assert all(tensor.index == position for position, tensor in enumerate(result.tensors))
        for before, after in zip(graph.tensors, result.tensors, strict=False):
            assert (before.name, before.shape, before.dtype) == (after.name, after.shape, after.dtype)


def test_names_are_those_of_the_passes() -> None:
    assert tuple(PASSES) == PASS_NAMES


def test_an_unknown_pass_is_refused() -> None:
    graph = check(read_bytes(random_graph(0).model, "model", "model"))
    with pytest.raises(InputError, match="no optimization pass 'magic'"):
        optimize(graph, ["magic"])
