"""Models that keep a state between inferences: sequences of inputs give the bytes of TensorFlow Lite Micro, whoever runs them."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.check import check
from export.compile.host import compile_host_program
from export.graph import Graph
from export.read import read_bytes
from export.reference import execute, kept_values
from tests.support.graphs import stateful_graph
from tests.support.operators import Case
from tests.support.operators.svdf import svdf
from tests.support.oracle import tflm_sequence
from tests.support.projects import render_case

LENGTH, COMPILED, REFERRED = 6, 12, 150

Sequence = list[list[np.ndarray]]


def sequence_for(model: bytes, seed: int) -> tuple[Graph, Sequence]:
    graph = check(read_bytes(model, "model", "model"))
    random = np.random.default_rng(seed)
    shapes = [graph.tensors[index].shape for index in graph.inputs]
    return graph, [[random.integers(-128, 128, shape).astype(np.int8) for shape in shapes] for _ in range(LENGTH)]


def referred(graph: Graph, sequence: Sequence) -> bytes:
    kept, outputs = None, b""
    for inputs in sequence:
        values = execute(graph, inputs, kept)
        kept = kept_values(graph, values)
        outputs += b"".join(np.ascontiguousarray(values[index]).tobytes() for index in graph.outputs)
    return outputs


def oracle(model: bytes, sequence: Sequence) -> bytes:
    return b"".join(values.tobytes() for outputs in tflm_sequence(model, sequence) for values in outputs)


def compiled(model: bytes, sequence: Sequence, folder: Path) -> bytes:
    render_case(Case(model, sequence[0]), folder / "project")
    program = compile_host_program(folder / "project", folder / "program")
    payload = b"".join(values.tobytes() for inputs in sequence for values in inputs)
    done = subprocess.run([program], input=payload, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("seed", range(COMPILED))
def test_compiled_sequences_equal_the_oracle(seed: int, tmp_path: Path) -> None:
    model = stateful_graph(seed)
    graph, sequence = sequence_for(model, seed)
    assert compiled(model, sequence, tmp_path) == referred(graph, sequence) == oracle(model, sequence)


def test_plans_are_sound_and_references_equal_the_oracle(tmp_path: Path) -> None:
    """Many more graphs, without a compiler; among them every way in which a state can get its value."""
    copied = in_place = 0
    for seed in range(COMPILED, COMPILED + REFERRED):
        model = stateful_graph(seed)
        graph, sequence = sequence_for(model, seed)
        plan = render_case(Case(model, sequence[0]), tmp_path / str(seed))
        assert referred(graph, sequence) == oracle(model, sequence), seed
        copies = sum(step.operator == "ASSIGN_VARIABLE" for step in plan.steps)
        copied += copies
        in_place += sum(state.read != state.written for state in plan.states) - copies
    assert copied > 50 and in_place > 10


@settings(max_examples=60, deadline=None)
@given(svdf(), st.integers(0, 2**32 - 1))
def test_svdf_remembers(case: Case, seed: int) -> None:
    graph, sequence = sequence_for(case.model, seed)
    assert referred(graph, sequence) == oracle(case.model, sequence)


@settings(max_examples=6, deadline=None)
@given(svdf(), st.integers(0, 2**32 - 1))
def test_compiled_svdf_remembers(case: Case, seed: int) -> None:
    graph, sequence = sequence_for(case.model, seed)
    with tempfile.TemporaryDirectory() as folder:
        assert compiled(case.model, sequence, Path(folder)) == referred(graph, sequence)
