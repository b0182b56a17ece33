"""Operators that change nothing cost nothing, and their removal changes no byte."""

import numpy as np
import pytest

from export.build import compile_plan
from export.check import check
from export.optimize import optimize
from export.read import read_bytes
from export.reference import predict
from export.targets import load_target
from tests.support.model_builder import PADDING, ModelBuilder

SHAPE = (1, 4, 4, 2)


def model_with(kind: str) -> bytes:
    """RELU6, the operator under test, RELU6."""
    builder = ModelBuilder()
    source, first, second = (builder.tensor(SHAPE, 0.1, 3) for _ in range(3))
    last = builder.tensor(SHAPE, 0.2, 3)
    builder.operator("RELU6", [source], first)
    if kind == "QUANTIZE":
        builder.operator(kind, [first], second, "QuantizeOptions")
    elif kind == "PAD":
        builder.operator(kind, [first, builder.constant(np.zeros((4, 2), np.int32))], second, "PadOptions")
    elif kind == "CONCATENATION":
        builder.operator(kind, [first], second, "ConcatenationOptions", axis=3)
    elif kind == "RESIZE_NEAREST_NEIGHBOR":
        builder.operator(kind, [first, builder.constant(np.array([4, 4], np.int32))], second, "ResizeNearestNeighborOptions")
    elif kind == "MAX_POOL_2D":
        builder.operator(
            kind, [first], second, "Pool2DOptions",
            padding=PADDING["SAME"], strideH=1, strideW=1, filterHeight=1, filterWidth=1,
        )  # fmt: skip
    builder.operator("QUANTIZE", [second], last, "QuantizeOptions")
    return builder.build([source], [last])


@pytest.mark.parametrize("kind", ["QUANTIZE", "PAD", "CONCATENATION", "RESIZE_NEAREST_NEIGHBOR", "MAX_POOL_2D"])
def test_identities_vanish_and_bytes_stay(kind: str) -> None:
    graph = check(read_bytes(model_with(kind), "model", "model"))
    optimized, decisions = optimize(graph)
    assert [decision.considered for decision in decisions] == [kind]
    values = np.random.default_rng(0).integers(-128, 128, SHAPE).astype(np.int8)
    np.testing.assert_array_equal(predict(graph, [values])[0], predict(optimized, [values])[0])
    plan = compile_plan(graph, load_target("cortex-m4"), (), "")
    assert [step.operator for step in plan.steps] == ["RELU6", "QUANTIZE"]
