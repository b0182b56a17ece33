"""Shapes that exporters compute at run time are known at build time: the chains they write, down to the operator that uses them."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.check import check
from export.errors import InputError
from export.option_names import PASS_NAMES
from export.read import read_bytes
from export.reference import predict
from tests.support.oracle import lite_reference, tflm
from tests.support.shape_chains import SHAPE, ShapeModel, divided, filled, flattened, gathered, joined, resized, unpacked


# TensorFlow Lite Micro lacks some of these operators on integers; TensorFlow Lite's reference kernels have them all.
@pytest.mark.parametrize(
    ("make", "steps", "micro"),
    [
        (flattened, ["QUANTIZE"], True),
        (joined, ["QUANTIZE"], True),
        (gathered, ["QUANTIZE"], False),
        (divided, ["QUANTIZE"], False),
        (resized, ["RESIZE_NEAREST_NEIGHBOR", "QUANTIZE"], False),
        (unpacked, ["QUANTIZE"], False),
        (filled, ["ADD", "ADD"], True),
    ],
)
def test_chains(make: Callable[[], bytes], steps: list[str], micro: bool) -> None:
    model = make()
    graph = read_bytes(model, "model", "model")
    assert [step.operator for step in compile_plan(graph, default_board("cortex-m4"), (), "", PASS_NAMES).steps] == steps
    values = np.random.default_rng(0).integers(-128, 128, SHAPE).astype(np.int8)
    ours = predict(check(graph), [values])[0]
    np.testing.assert_array_equal(ours, (tflm if micro else lite_reference)(model, [values])[0])


def division_by_zero(model: ShapeModel) -> bytes:
    quotient = model.integers("FLOOR_DIV", [model.shape(), model.number(0)], (4,), "FloorDivOptions")
    return model.reshaped(quotient, SHAPE)


def many_constants(model: ShapeModel) -> bytes:
    sizes = model.list(1 << 11, 1 << 11)
    broad = model.integers("BROADCAST_TO", [model.list(1), sizes], (1 << 11, 1 << 11), "BroadcastToOptions")
    return model.reshaped(broad, SHAPE)


def outer_sum(model: ShapeModel) -> bytes:
    column, row = (model.constant(np.zeros(shape, np.int32)) for shape in ((2000, 1), (1, 2000)))
    return model.reshaped(model.integers("ADD", [column, row], (2000, 2000), "AddOptions"), SHAPE)


def wrong_fill(model: ShapeModel) -> bytes:
    zeros = model.tensor((1, 4), 0.1, 0)
    model.operator("FILL", [model.list(1, 5), model.constant(np.array(0, np.int8), [0.1])], zeros, "FillOptions")
    return model.build([model.source], [zeros])


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (division_by_zero, "divides by zero"),
        (many_constants, "computes 4194304 constants"),
        (outer_sum, "computes 4000000 constants"),
        (wrong_fill, r"its inputs give \[1, 5\]"),
    ],
)
def test_refusals(make: Callable[[ShapeModel], bytes], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        check(read_bytes(make(ShapeModel()), "model", "model"))
    assert re.search(reason, caught.value.message) and caught.value.hint
