"""Shapes that exporters compute at run time are known at build time: the chains they write, down to the operator that uses them."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from export.build import compile_plan
from export.check import check
from export.errors import InputError
from export.read import read_bytes
from export.reference import predict
from export.targets import load_target
from tests.support.model_builder import ModelBuilder
from tests.support.oracle import lite_reference, tflm

SHAPE = (1, 4, 6, 2)


class ShapeModel(ModelBuilder):
    """A model whose input is int8 of SHAPE, with integers computed from that shape."""

    def __init__(self) -> None:
        super().__init__()
        self.source = self.tensor(SHAPE, 0.1, 3)

    def integers(
        self, kind: str, inputs: list[int], shape: tuple[int, ...], options: str | None = None, **fields: object
    ) -> int:
        return self.operator(kind, inputs, self.tensor(shape, 1.0, 0, dtype="int32"), options, **fields)

    def number(self, *values: int) -> int:
        return self.constant(np.array(values if len(values) > 1 else values[0], np.int32))

    def list(self, *values: int) -> int:
        return self.constant(np.array(values, np.int32))

    def shape(self) -> int:
        return self.integers("SHAPE", [self.source], (4,), "ShapeOptions", outType=2)

    def sliced(self, first: int, last: int, shrink: bool = False) -> int:
        """Part of the shape, or one number of it."""
        operands = [self.shape(), self.list(first), self.list(last), self.list(1)]
        return self.integers(
            "STRIDED_SLICE", operands, () if shrink else (last - first,), "StridedSliceOptions", shrinkAxisMask=int(shrink)
        )

    def packed(self, *numbers: int) -> int:
        return self.integers("PACK", list(numbers), (len(numbers),), "PackOptions", valuesCount=len(numbers))

    def reshaped(self, target: int, shape: tuple[int, ...]) -> bytes:
        flat = self.operator("RESHAPE", [self.source, target], self.tensor(shape, 0.1, 3), "ReshapeOptions", newShape=[])
        return self.rescaled(flat, shape)

    def rescaled(self, source: int, shape: tuple[int, ...]) -> bytes:
        output = self.operator("QUANTIZE", [source], self.tensor(shape, 0.2, -1), "QuantizeOptions")
        return self.build([self.source], [output])


def flattened() -> bytes:
    model = ShapeModel()
    return model.reshaped(model.packed(model.sliced(0, 1, shrink=True), model.number(48)), (1, 48))


def joined() -> bytes:
    model = ShapeModel()
    parts = [model.sliced(0, 2), model.list(12)]
    return model.reshaped(model.integers("CONCATENATION", parts, (3,), "ConcatenationOptions"), (1, 4, 12))


def gathered() -> bytes:
    """Dense over the last axis of a tensor: the sizes of the other axes, multiplied."""
    model = ShapeModel()
    sizes = model.integers("GATHER", [model.shape(), model.list(0, 1, 2)], (3,), "GatherOptions")
    rows = model.integers("REDUCE_PROD", [sizes, model.list(0)], (), "ReducerOptions")
    last = model.integers("GATHER", [model.shape(), model.number(3)], (), "GatherOptions")
    return model.reshaped(model.packed(rows, last), (24, 2))


def divided() -> bytes:
    """Shuffled channels: groups and channels per group."""
    model = ShapeModel()
    per_group = model.integers("FLOOR_DIV", [model.sliced(2, 3, shrink=True), model.number(3)], (), "FloorDivOptions")
    wide = model.operator("CAST", [per_group], model.tensor((), 1.0, 0, dtype="int64"), "CastOptions")
    narrow = model.integers("CAST", [wide], (), "CastOptions")
    return model.reshaped(model.packed(model.number(-1), model.number(3), narrow, model.number(2)), (4, 3, 2, 2))


def resized() -> bytes:
    model = ShapeModel()
    sizes = model.integers("MUL", [model.sliced(1, 3), model.list(2, 3)], (2,), "MulOptions")
    large = model.tensor((1, 8, 18, 2), 0.1, 3)
    model.operator("RESIZE_NEAREST_NEIGHBOR", [model.source, sizes], large, "ResizeNearestNeighborOptions")
    return model.rescaled(large, (1, 8, 18, 2))


def unpacked() -> bytes:
    """UNPACK and SPLIT of a shape, with a new axis that goes again."""
    model = ShapeModel()
    numbers = [model.tensor((), 1.0, 0, dtype="int32") for _ in range(4)]
    model.operator("UNPACK", [model.shape()], numbers, "UnpackOptions", num=4)
    halves = [model.tensor((2,), 1.0, 0, dtype="int32") for _ in range(2)]
    model.operator("SPLIT", [model.number(0), model.shape()], halves, "SplitOptions", numSplits=2)
    column = model.integers("EXPAND_DIMS", [halves[0], model.number(1)], (2, 1), "ExpandDimsOptions")
    row = model.integers("SQUEEZE", [column], (2,), "SqueezeOptions")
    tail = model.packed(model.integers("MUL", numbers[2:], (), "MulOptions"))
    return model.reshaped(model.integers("CONCATENATION", [row, tail], (3,), "ConcatenationOptions"), (1, 4, 12))


def filled() -> bytes:
    """Zeros like the input, and a constant of its shape, added."""
    model = ShapeModel()
    zeros = model.operator("ZEROS_LIKE", [model.source], model.tensor(SHAPE, 0.1, 3), "ZerosLikeOptions")
    total = model.operator("ADD", [model.source, zeros], model.tensor(SHAPE, 0.2, 0), "AddOptions")
    ones = model.tensor(SHAPE, 0.3, 0)
    model.operator("FILL", [model.list(*SHAPE), model.constant(np.array(7, np.int8), [0.3])], ones, "FillOptions")
    output = model.operator("ADD", [total, ones], model.tensor(SHAPE, 0.4, 0), "AddOptions")
    return model.build([model.source], [output])


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
    assert [step.operator for step in compile_plan(graph, load_target("cortex-m4"), (), "").steps] == steps
    values = np.random.default_rng(0).integers(-128, 128, SHAPE).astype(np.int8)
    ours = predict(check(graph), [values])[0]
    np.testing.assert_array_equal(ours, (tflm if micro else lite_reference)(model, [values])[0])


def constant_output(model: ShapeModel) -> bytes:
    return model.build([model.source], [model.shape()])


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
        (constant_output, "is the same for every input"),
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
