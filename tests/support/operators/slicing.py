"""SLICE, STRIDED_SLICE, SPLIT, SPLIT_V, UNPACK and GATHER."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
from hypothesis import strategies as st

from export.coverage import BYTES_AND_FLOATS, SLICED

from .base import SOURCE, Case, drawn_shape, moved


@st.composite
def plain(draw: Any) -> Case:
    shape = drawn_shape(draw, 1, 5)
    begin = [draw(st.integers(0, size - 1)) for size in shape]
    counts = [draw(st.integers(1, size - start)) for size, start in zip(shape, begin, strict=True)]
    written = [
        -1 if start + count == size and draw(st.booleans()) else count
        for size, start, count in zip(shape, begin, counts, strict=True)
    ]
    dtype = draw(st.sampled_from([np.int32, np.int64]))
    return moved(
        draw,
        "SLICE",
        shape,
        [tuple(counts)],
        [SOURCE, np.array(begin, dtype), np.array(written, dtype)],
        "SliceOptions",
        SLICED,
    )


@st.composite
def strided(draw: Any) -> Case:
    """Masks, negative strides and positions, and bounds far outside, drawn so that every axis keeps something."""
    shape = drawn_shape(draw, 1, 4, 6)
    begin, end, strides, output = [], [], [], []
    begin_mask = end_mask = shrink_axis_mask = 0
    for axis, size in enumerate(shape):
        first = draw(st.integers(0, size - 1))
        kind = draw(st.sampled_from(["forward", "backward", "shrink"]))
        stride = draw(st.integers(1, 4)) * (-1 if kind == "backward" else 1)
        begin.append(first - size * draw(st.booleans()))
        if kind != "shrink" and draw(st.integers(0, 3)) == 0:
            begin_mask |= 1 << axis
            first = size - 1 if stride < 0 else 0
            begin[-1] = draw(st.integers(-9, 9))
        last = draw(st.integers(first + 1, size + 3)) if stride > 0 else draw(st.integers(-1, first - 1))
        end.append(last if last >= 0 else -size - draw(st.integers(1, 5)))
        if draw(st.integers(0, 3)) == 0:
            end_mask |= 1 << axis
            last = size if stride > 0 else -1
            end[-1] = draw(st.integers(-9, 9))
        strides.append(stride)
        if kind == "shrink":
            shrink_axis_mask |= 1 << axis
        else:
            output.append(ceil((min(last, size) - first) / stride))
    operands = [SOURCE, *(np.array(values, np.int32) for values in (begin, end, strides))]
    return moved(
        draw, "STRIDED_SLICE", shape, [tuple(output)], operands, "StridedSliceOptions", SLICED,
        beginMask=begin_mask, endMask=end_mask, shrinkAxisMask=shrink_axis_mask,
    )  # fmt: skip


@st.composite
def split(draw: Any) -> Case:
    """SPLIT into equal parts, or SPLIT_V into any."""
    shape = list(drawn_shape(draw, 1, 4, 4))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    equal = draw(st.booleans())
    parts = (
        [draw(st.integers(1, 3))] * draw(st.integers(1, 3))
        if equal
        else draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    )
    outputs = [(*shape[: axis % len(shape)], part, *shape[axis % len(shape) + 1 :]) for part in parts]
    shape[axis] = sum(parts)
    where = np.array(axis, np.int32)
    if equal:
        return moved(draw, "SPLIT", tuple(shape), outputs, [where, SOURCE], "SplitOptions", SLICED, numSplits=len(parts))
    operands = [SOURCE, np.array(parts, np.int32), where]
    return moved(draw, "SPLIT_V", tuple(shape), outputs, operands, "SplitVOptions", SLICED, numSplits=len(parts))


@st.composite
def unpack(draw: Any) -> Case:
    shape = drawn_shape(draw, 1, 4, 4)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    count = shape[axis]
    output = shape[: axis % len(shape)] + shape[axis % len(shape) + 1 :]
    return moved(draw, "UNPACK", shape, [output] * count, [SOURCE], "UnpackOptions", SLICED, axis=axis, num=count)


@st.composite
def gather(draw: Any) -> Case:
    shape = drawn_shape(draw, 1, 4)
    axis = draw(st.integers(0, len(shape) - 1))
    shared = draw(st.integers(0, axis))
    indices_shape = shape[:shared] + drawn_shape(draw, 0, 2, 4)
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    indices = generator.integers(0, shape[axis], indices_shape).astype(np.int32)
    negative = draw(st.booleans())
    return moved(
        draw, "GATHER", shape, [shape[:axis] + indices_shape[shared:] + shape[axis + 1 :]], [SOURCE, indices], "GatherOptions",
        BYTES_AND_FLOATS, axis=axis - len(shape) * negative,
        batchDims=shared - len(indices_shape) * (draw(st.booleans()) and shared < len(indices_shape)),
    )  # fmt: skip
