"""Models that keep a state between inferences: sequences of inputs give the bytes of TensorFlow Lite Micro, whoever runs them."""

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.boards import default_board
from export.build import build
from export.check import check
from export.compile.host import compile_host_program
from export.compiled import load
from export.errors import InputError
from export.evaluate import Classifier
from export.graph import Graph
from export.project import Project, load_project
from export.read import read_bytes
from export.reference import execute, kept_values
from export.run import open_device
from export.verify import random_samples, verify
from tests.support.model_builder import ModelBuilder
from tests.support.operators import Case
from tests.support.operators.svdf import svdf
from tests.support.oracle import tflm_sequence
from tests.support.projects import render_case
from tests.support.stateful import stateful_graph, streaming_model

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


@pytest.fixture
def streaming(tmp_path: Path) -> Project:
    path = tmp_path / "streaming.tflite"
    path.write_bytes(streaming_model())
    build(path, default_board("cortex-m4"), tmp_path / "project")
    return load_project(tmp_path / "project")


def test_a_sequence_is_equal_everywhere(streaming: Project) -> None:
    result = verify(streaming, random_samples(LENGTH, streaming.inputs))
    assert result.equal, result.first_difference
    assert {"reference", "host C", "firmware on unicorn"} <= set(result.checked)
    # Three variables of six bytes, of which ``offset`` is none, and twelve items of two bytes, each on a multiple of four bytes.
    assert streaming.report["ram"]["state"] == 3 * 8 + 24
    assert "void streaming_reset(void);" in (streaming.directory / "model" / "streaming.h").read_text()


def test_a_difference_late_in_a_sequence_is_found_and_its_layer_named(streaming: Project) -> None:
    """A weight of the oldest of three remembered inputs, changed in the generated C: it counts from the third input on."""
    weights = streaming.directory / "model" / "streaming_weights.h"
    text, count = re.subn(r"(time_weights\[24\] = {\s+)(-?\d+), (-?\d+)", r"\g<1>0, 0", weights.read_text())
    assert count == 1
    weights.write_text(text)
    result = verify(streaming, random_samples(LENGTH, streaming.inputs))
    found = result.first_difference
    assert found is not None
    assert (found["sample"], found["executor"], found["layer"]) == (2, "host C", "svdf")
    assert found["expected"] != found["actual"]


def test_a_compiled_model_goes_on_until_it_is_reset(streaming: Project) -> None:
    model, samples = load(streaming.directory), np.stack(list(random_samples(LENGTH, streaming.inputs)))
    whole = np.asarray(model.predict(samples))
    model.reset()
    parts = [np.asarray(model.predict(samples[:2])), np.asarray(model.predict(samples[2:]))]
    assert np.array_equal(np.concatenate(parts), whole)
    assert not np.array_equal(np.asarray(model.predict(samples)), whole)


def test_a_restarted_device_starts_the_sequence_again(streaming: Project) -> None:
    samples = [sample.tobytes() for sample in random_samples(3, streaming.inputs)]
    with open_device("unicorn", streaming.elf, streaming.board) as device:
        first = [device.infer(sample).output for sample in samples]
        assert [device.infer(sample).output for sample in samples] != first
        device.restart()
        assert [device.infer(sample).output for sample in samples] == first


def test_sources_and_results_are_tensors_and_states() -> None:
    graph = check(read_bytes(streaming_model(), "model", "model"))
    assert [state.name for state in graph.states] == ["left", "right", "sum", "memory"]
    assert graph.sources == (*graph.inputs, *(state.read for state in graph.states))
    assert graph.results == (*graph.outputs, *(state.written for state in graph.states))
    computed = {index for operator in graph.operators for index in operator.outputs}
    assert set(graph.results) <= computed and not computed & set(graph.sources)


def test_images_are_no_sequence(tmp_path: Path) -> None:
    path = tmp_path / "streaming.tflite"
    path.write_bytes(streaming_model())
    with pytest.raises(InputError, match="keeps a state"):
        Classifier(path)


def test_models_without_a_state_have_no_reset(tmp_path: Path) -> None:
    case = Case(stateless(), [])
    plan = render_case(case, tmp_path / "project")
    assert plan.state_bytes == 0 and plan.states == ()
    assert "reset" not in (tmp_path / "project" / "model" / f"{plan.name}.h").read_text()


def stateless() -> bytes:
    """A variable that is only read is a constant."""
    builder = ModelBuilder()
    source, value, output = (builder.tensor((1, 4), 0.1, 0, name) for name in "xyz")
    builder.call_once({"offset": (np.array([[1, 2, 3, 4]], np.int8), 0.1, 0)})
    builder.operator("READ_VARIABLE", [builder.handle("offset")], value, "ReadVariableOptions")
    builder.operator("ADD", [source, value], output, "AddOptions")
    return builder.build([source], [output])
