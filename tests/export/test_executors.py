"""Which oracles are asked: those that run the model; the others are named with the reason."""

import numpy as np
import pytest

from export.check import check
from export.executors import oracles
from export.read import read_bytes
from tests.support.model_builder import ModelBuilder


@pytest.mark.parametrize(("dtype", "left_out"), [("int32", []), ("int64", ["tflite-micro"])])
def test_an_oracle_that_refuses_a_model_when_it_runs_is_left_out(dtype: str, left_out: list[str]) -> None:
    pytest.importorskip("tflite_micro")
    pytest.importorskip("ai_edge_litert")
    builder = ModelBuilder()
    source, output = builder.tensor((1, 4), 0.1, 0), builder.tensor((1,), 1.0, 0, dtype=dtype)
    axis = builder.constant(np.array(1, np.int32))
    builder.operator("ARG_MAX", [source, axis], output, "ArgMaxOptions", outputType={"int32": 2, "int64": 4}[dtype])
    model = builder.build([source], [output])
    found, reasons = oracles(model, check(read_bytes(model, "model.tflite", "model")))
    assert sorted(reasons) == left_out
    assert len(found) == 2 - len(left_out)
    assert all("it refuses the model" in reason for reason in reasons.values())
