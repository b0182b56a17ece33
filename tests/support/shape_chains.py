"""Models whose shapes are computed at run time, as exporters write them where the batch size was left open."""

from __future__ import annotations

import numpy as np

from .model_builder import ModelBuilder

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


CHAINS = (flattened, joined, gathered, divided, resized, unpacked, filled)
