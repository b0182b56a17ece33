"""What a model hands in and out beside its own results: outputs that are inputs, constants, or listed twice, and inputs nobody reads."""

from pathlib import Path

import numpy as np
import pytest

from export.boards import default_board
from export.build import build
from export.project import load_project
from export.verify import random_samples, verify
from tests.support.model_builder import ModelBuilder

CASES = (
    "input",
    "twice",
    "view twice",
    "only the input",
    "constant",
    "shape",
    "only constants",
    "unread floats",
    "floats through",
)
EIGHT = (1, 8)


def edge_model(case: str) -> bytes:
    builder = ModelBuilder()
    source, result, view = (builder.tensor(EIGHT, 0.1, 3, name) for name in ("source", "result", "view"))
    floats = builder.tensor((1, 3), 1.0, 0, "floats", dtype="float32")
    shape = builder.tensor((2,), 1.0, 0, "shape", dtype="int32")
    constant = builder.constant(np.arange(8, dtype=np.int8).reshape(EIGHT), [0.1], name="constant")
    builder.operator("RELU", [source], result)
    if case == "shape":
        builder.operator("SHAPE", [source], shape, "ShapeOptions", outType=2)
    if case == "view twice":
        builder.operator("RESHAPE", [result], view, "ReshapeOptions", newShape=list(EIGHT))
    inputs, outputs = {
        "input": ([source], [source, result]),
        "twice": ([source], [result, result, result]),
        "view twice": ([source], [view, result, view]),
        "only the input": ([source], [source, source]),
        "constant": ([source], [result, constant]),
        "shape": ([source], [shape, result]),
        "only constants": ([source], [constant]),
        "unread floats": ([source, floats], [result]),
        "floats through": ([floats, source], [result, floats]),
    }[case]
    return builder.build(inputs, outputs)


@pytest.mark.parametrize("case", CASES)
def test_all_executors_hand_out_the_same_bytes(case: str, tmp_path: Path) -> None:
    model = tmp_path / "edges.tflite"
    model.write_bytes(edge_model(case))
    build(model, default_board("cortex-m4"), tmp_path / "out")
    project = load_project(tmp_path / "out")
    verification = verify(project, random_samples(5, project.inputs))
    assert verification.equal and verification.samples == 5
    assert {"host C", "firmware on unicorn", "tflite-micro"} <= set(verification.checked)
