"""Operators that move values: what the reference kernels refuse, ignore or read out of bounds is refused."""

import re

import numpy as np
import pytest

from export.check import check
from export.errors import InputError
from export.read import read_bytes
from tests.support.model_builder import ModelBuilder

SOURCE = None


def model(
    kind: str,
    shape: tuple[int, ...],
    outputs: list[tuple[int, ...]],
    operands: list[object] | None = None,
    options: str | None = None,
    dtype: str = "int8",
    **fields: object,
) -> bytes:
    """One operator; ``operands`` are int32 constants, SOURCE where the input stands."""
    builder = ModelBuilder()
    source = builder.tensor(shape, 0.1, 0, "x", dtype)
    inputs = [source if values is SOURCE else builder.constant(np.array(values, np.int32)) for values in operands or [SOURCE]]
    results = [builder.tensor(output, 0.1, 0, f"y/{i}", dtype) for i, output in enumerate(outputs)]
    builder.operator(kind, inputs, results, options, **fields)
    return builder.build([source], results)


def strided(begin: list[int], end: list[int], strides: list[int], output: tuple[int, ...], **fields: object) -> bytes:
    return model("STRIDED_SLICE", (4, 3), [output], [SOURCE, begin, end, strides], "StridedSliceOptions", **fields)


def sliced(begin: list[int], size: list[int], output: tuple[int, ...]) -> bytes:
    return model("SLICE", (4, 3), [output], [SOURCE, begin, size], "SliceOptions")


def gathered(indices: object, output: tuple[int, ...], **fields: object) -> bytes:
    return model("GATHER", (4, 3), [output], [SOURCE, indices], "GatherOptions", **fields)


def batched(kind: str, blocks: list[int], edges: object, output: tuple[int, ...]) -> bytes:
    names = {"SPACE_TO_BATCH_ND": "SpaceToBatchNDOptions", "BATCH_TO_SPACE_ND": "BatchToSpaceNDOptions"}
    return model(kind, (4, 6, 6, 2), [output], [SOURCE, blocks, edges], names[kind])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (strided([0, 0], [4, 3], [1, 0], (4, 3)), r"has the strides \[1, 0\]"),
        (strided([0, 0], [4, 3], [1, -1], (4,), shrinkAxisMask=2), r"has the strides \[1, -1\]"),
        (strided([0, 9], [4, 9], [1, 1], (4,), shrinkAxisMask=2), "takes nothing"),
        (strided([0, 2], [4, 1], [1, 1], (4, 1)), "takes nothing"),
        (strided([0], [4], [1], (4, 3)), "slices 2 axes by 1, 1, 1"),
        (strided([0, 0], [4, 3], [1, 1], (4, 3), ellipsisMask=1), "has an ellipsis"),
        (strided([0, 0], [4, 3], [1, 1], (4, 3), newAxisMask=1), "a new axis"),
        (strided([0, 0], [4, 3], [1, 1], (4, 3), offset=True), "sizes in place of ends"),
        (strided([0, 0], [4, 3], [2, 1], (4, 3)), r"its inputs give \[2, 3\]"),
        (model("STRIDED_SLICE", (1,) * 5, [(1,)], [SOURCE, [0], [1], [1]], "StridedSliceOptions"), "slices 5 axes"),
        (model("STRIDED_SLICE", (1,), [(1,)], [SOURCE, [0], [1], SOURCE], "StridedSliceOptions"), "computed at run time"),
        (model("STRIDED_SLICE", (1,), [(1,)], [SOURCE, [0], [1], [1]], "StridedSliceOptions", "uint8"), "'x' is uint8"),
        (sliced([1, 0], [4, 3], (4, 3)), "takes 4 from position 1 of 4"),
        (sliced([5, 0], [-1, 3], (1, 3)), "takes -1 from position 5 of 4"),
        (sliced([-1, 0], [1, 3], (1, 3)), "takes 1 from position -1"),
        (sliced([0], [4], (4, 3)), "slices 2 axes by 1 and 1"),
        (gathered([0, 4], (2, 3)), "indices outside 0 to 3"),
        (gathered([-1], (1, 3)), "indices outside 0 to 3"),
        (gathered([0], (4, 1), axis=2), "names axis 2 of rank 2"),
        (gathered([0, 1, 2], (4, 3), axis=1, batchDims=1), "has 1 batch axes"),
        (gathered([0], (3,)), r"its inputs give \[1, 3\]"),
        (model("GATHER", (4,), [(4,)], [SOURCE, SOURCE], "GatherOptions"), "indices are computed at run time"),
        (model("SPLIT", (4, 3), [(1, 3), (3, 3)], [0, SOURCE], "SplitOptions"), r"unequal parts \[1, 3\]"),
        (model("SPLIT", (4, 3), [(2, 3)], [0, SOURCE], "SplitOptions"), r"splits 4 into \[2\]"),
        (model("SPLIT", (4, 3), [(2, 2), (2, 3)], [0, SOURCE], "SplitOptions"), "along axis 0"),
        (model("SPLIT", (4, 3), [(4, 3)], [2, SOURCE], "SplitOptions"), "names axis 2 of rank 2"),
        (model("SPLIT_V", (4, 3), [(1, 3), (2, 3)], [SOURCE, [1, 2], 0], "SplitVOptions"), r"splits 4 into \[1, 2\]"),
        (model("UNPACK", (2, 3), [(3,)], options="UnpackOptions", num=2), "takes 2 slices of 2 apart"),
        (model("UNPACK", (2, 3), [(3,), (2,)], options="UnpackOptions", num=2), r"its inputs give \[3\]"),
        (model("PACK", (3,), [(2, 3)], [SOURCE, SOURCE], "PackOptions", valuesCount=3), "packs 3 of 2 inputs"),
        (model("PACK", (3,), [(2, 3)], [SOURCE, [1, 2, 3]], "PackOptions", valuesCount=2), "is int32"),
        (model("PACK", (3,), [(2, 3)], [SOURCE, SOURCE], "PackOptions", valuesCount=2, axis=2), "names axis 2 of rank 2"),
        (model("SQUEEZE", (1, 3), [(1,)], options="SqueezeOptions", squeezeDims=[1]), r"removes the axes \[1\]"),
        (model("SQUEEZE", (1, 3), [(1, 3)], options="SqueezeOptions"), r"its inputs give \[3\]"),
        (model("EXPAND_DIMS", (3,), [(3, 1)], [SOURCE, 2], "ExpandDimsOptions"), "names axis 2 of rank 2"),
        (model("EXPAND_DIMS", (3,), [(3, 1)], [SOURCE, 0], "ExpandDimsOptions"), r"its inputs give \[1, 3\]"),
        (model("TRANSPOSE", (4, 3), [(4, 3)], [SOURCE, [0, 0]], "TransposeOptions"), r"by \[0, 0\]"),
        (model("TRANSPOSE", (1,) * 6, [(1,) * 6], [SOURCE, range(6)], "TransposeOptions"), "permutes 6 axes, at most 5"),
        (model("REVERSE_V2", (4, 3, 2), [(4, 3, 2)], [SOURCE, [0, 2]], "ReverseV2Options"), r"reverses the axes \[0, 2\]"),
        (model("REVERSE_V2", (4, 3), [(4, 3)], [SOURCE, [1, -1]], "ReverseV2Options"), r"reverses the axes \[1, 1\]"),
        (model("BROADCAST_TO", (2, 3), [(4, 3)], [SOURCE, [4, 3]], "BroadcastToOptions"), r"broadcasts \[2, 3\] to \[4, 3\]"),
        (model("BROADCAST_TO", (2, 3), [(3,)], [SOURCE, [3]], "BroadcastToOptions"), r"broadcasts \[2, 3\] to \[3\]"),
        (model("SPACE_TO_DEPTH", (1, 4, 3, 1), [(1, 2, 1, 4)], options="SpaceToDepthOptions", blockSize=2), "cuts 4x3"),
        (model("SPACE_TO_DEPTH", (1, 4, 3, 1), [(1, 4, 3, 1)], options="SpaceToDepthOptions"), "has blocks of 0"),
        (model("DEPTH_TO_SPACE", (1, 4, 4, 6), [(1, 8, 8, 1)], options="DepthToSpaceOptions", blockSize=2), "6 channels"),
        (model("DEPTH_TO_SPACE", (4, 4), [(4, 4)], options="DepthToSpaceOptions", blockSize=1), "rank 2"),
        (batched("SPACE_TO_BATCH_ND", [4, 2], [[0, 0], [0, 0]], (32, 1, 3, 2)), r"cuts \[6, 6\] into blocks \[4, 2\]"),
        (batched("SPACE_TO_BATCH_ND", [0, 2], [[0, 0], [0, 0]], (8, 6, 3, 2)), r"has the blocks \[0, 2\]"),
        (batched("SPACE_TO_BATCH_ND", [2], [[0, 0]], (8, 3, 6, 2)), "has 1 blocks and 2 edges"),
        (batched("BATCH_TO_SPACE_ND", [3, 1], [[0, 0], [0, 0]], (1, 18, 6, 2)), "out of 4 batches"),
        (batched("BATCH_TO_SPACE_ND", [2, 2], [[0, -1], [0, 0]], (1, 13, 12, 2)), r"the edges \[0, -1, 0, 0\]"),
        (batched("BATCH_TO_SPACE_ND", [2, 2], [[0, 1], [0, 0]], (1, 12, 12, 2)), r"its inputs give \[1, 11, 12, 2\]"),
        (model("MIRROR_PAD", (3,), [(6,)], [SOURCE, [[3, 0]]], "MirrorPadOptions"), "pads 3 values with 3"),
        (model("MIRROR_PAD", (3,), [(7,)], [SOURCE, [[4, 0]]], "MirrorPadOptions", mode=1), "pads 3 values with 4"),
        (model("MIRROR_PAD", (3,), [(2,)], [SOURCE, [[-1, 0]]], "MirrorPadOptions"), "negative padding width"),
        (model("MIRROR_PAD", (3,), [(4,)], [SOURCE, [1, 0]], "MirrorPadOptions"), r"widths of shape \[2\]"),
    ],
)  # fmt: skip
def test_refusals(content: bytes, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        check(read_bytes(content, "model", "model"))
    assert re.search(reason, caught.value.message), caught.value.message
    assert "(operator 0): " in caught.value.message and caught.value.hint
