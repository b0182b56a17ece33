"""TRANSPOSE, REVERSE_V2, BROADCAST_TO and the exchanges between space, depth and batch."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from hypothesis import strategies as st

from export.coverage import ANY_TYPE, BYTES_AND_FLOATS

from .base import SOURCE, Case, drawn_shape, moved, small


@st.composite
def transpose(draw: Any) -> Case:
    shape = drawn_shape(draw, 1, 5)
    order = draw(st.permutations(range(len(shape))))
    output = tuple(shape[axis] for axis in order)
    operands = [SOURCE, np.array(order, np.int32)]
    return moved(draw, "TRANSPOSE", shape, [output], operands, "TransposeOptions", BYTES_AND_FLOATS)


@st.composite
def reverse(draw: Any) -> Case:
    shape = drawn_shape(draw, 1, 5)
    first = draw(st.integers(0, len(shape) - 1))
    axes = range(first, draw(st.integers(first + 1, len(shape))))
    written = [axis - len(shape) * draw(st.booleans()) for axis in draw(st.permutations(axes))]
    return moved(draw, "REVERSE_V2", shape, [shape], [SOURCE, np.array(written, np.int32)], "ReverseV2Options", ANY_TYPE)


@st.composite
def broadcast_to(draw: Any) -> Case:
    output = drawn_shape(draw, 1, 5, 4)
    kept = output[draw(st.integers(0, len(output) - 1)) :]
    shape = tuple(size if draw(st.booleans()) else 1 for size in kept)
    operands = [SOURCE, np.array(output, draw(st.sampled_from([np.int32, np.int64])))]
    return moved(draw, "BROADCAST_TO", shape, [output], operands, "BroadcastToOptions", ANY_TYPE)


@st.composite
def space_and_depth(draw: Any) -> Case:
    block = draw(small)
    batches, height, width, channels = (draw(small) for _ in range(4))
    space = (batches, height * block, width * block, channels)
    depth = (batches, height, width, channels * block * block)
    if draw(st.booleans()):
        return moved(draw, "SPACE_TO_DEPTH", space, [depth], [SOURCE], "SpaceToDepthOptions", BYTES_AND_FLOATS, blockSize=block)
    return moved(draw, "DEPTH_TO_SPACE", depth, [space], [SOURCE], "DepthToSpaceOptions", BYTES_AND_FLOATS, blockSize=block)


@st.composite
def space_to_batch(draw: Any) -> Case:
    """Micro pads with what its memory held before, so only unpadded cases are compared with it."""
    batches, blocks, cut, channels = _blocks(draw)
    edges = np.zeros((len(blocks), 2), np.int32)
    for axis, (block, size) in enumerate(zip(blocks, cut, strict=True)):
        before = draw(st.integers(0, min(2, block * size - 1)))
        edges[axis] = before, draw(st.integers(0, min(2, block * size - 1 - before)))
    shape = (batches, *(b * s - int(e.sum()) for b, s, e in zip(blocks, cut, edges, strict=True)), channels)
    output = (batches * prod(blocks), *cut, channels)
    operands = [SOURCE, np.array(blocks, np.int32), edges]
    options = "SpaceToBatchNDOptions"
    return moved(draw, "SPACE_TO_BATCH_ND", shape, [output], operands, options, micro=not edges.any())


@st.composite
def batch_to_space(draw: Any) -> Case:
    batches, blocks, sizes, channels = _blocks(draw)
    edges = np.zeros((len(blocks), 2), np.int32)
    for axis, (block, size) in enumerate(zip(blocks, sizes, strict=True)):
        before = draw(st.integers(0, block * size - 1))
        edges[axis] = before, draw(st.integers(0, block * size - 1 - before))
    shape = (batches * prod(blocks), *sizes, channels)
    output = (batches, *(b * s - int(e.sum()) for b, s, e in zip(blocks, sizes, edges, strict=True)), channels)
    operands = [SOURCE, np.array(blocks, np.int32), edges]
    return moved(draw, "BATCH_TO_SPACE_ND", shape, [output], operands, "BatchToSpaceNDOptions", BYTES_AND_FLOATS)


def _blocks(draw: Any) -> tuple[int, list[int], list[int], int]:
    """Batches, block sizes, blocks per spatial axis, channels; one or two spatial axes."""
    axes = draw(st.sampled_from([1, 2]))
    return draw(small), [draw(small) for _ in range(axes)], [draw(small) for _ in range(axes)], draw(small)
