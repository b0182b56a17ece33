"""The two kernels that most operators which move values are parameters of: an_move and an_gather."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from ..geometry import strides
from ..graph import Operator, Tensor, item_type
from .call import Call, Constant, Parameter

WALKED_AXES = 5
GATHERED_AXES = 4


def move(operator: Operator, source: Tensor, output: Tensor, axes: list[tuple[int, int]], offset: int = 0) -> Call:
    """Fill a dense output by walking the input. ``axes`` are (size, step in elements of the input), outermost first."""
    item = item_type(source.dtype).itemsize
    walked, block = _blocked([(size, step * item) for size, step in axes], item)
    missing = WALKED_AXES - len(walked)
    assert missing >= 0, operator.kind
    parameters: dict[str, Parameter] = {
        "sizes": (1,) * missing + tuple(size for size, _ in walked),
        "steps": (0,) * missing + tuple(step for _, step in walked),
        "offset": offset * item,
        "block_size": block,
    }
    return Call(operator, "an_move", (source.index,), output.index, parameters)


def move_ranges(operator: Operator, source: Tensor, output: Tensor, ranges: Sequence[range]) -> Call:
    """The part of the input at these positions along each axis."""
    steps = strides(source.shape)
    axes = [(len(positions), positions.step * step) for positions, step in zip(ranges, steps, strict=True)]
    return move(operator, source, output, axes, sum(r.start * step for r, step in zip(ranges, steps, strict=True)))


def gather(operator: Operator, source: Tensor, output: Tensor, positions: list[list[int]]) -> Call:
    """The values at these positions along each axis. Outer axes taken whole are repeated, inner ones are a block."""
    steps = strides(source.shape)
    tables = [np.array(axis, np.int64) * step for axis, step in zip(positions, steps, strict=True)]
    whole = [axis == list(range(size)) for axis, size in zip(positions, source.shape, strict=True)]
    first = whole.index(False) if False in whole else len(whole)
    last = len(whole) - whole[::-1].index(False) if False in whole else len(whole)
    outer, inner = prod(source.shape[:first]), prod(source.shape[last:])
    return gather_tables(operator, source, output, tables[first:last], outer, source.elements // outer, inner)


def gather_tables(
    operator: Operator, source: Tensor, output: Tensor, tables: list[np.ndarray], outer: int, outer_step: int, block: int
) -> Call:
    """``outer`` times, every ``outer_step`` elements of the input: blocks of elements at the sums of one entry per table."""
    item = item_type(source.dtype).itemsize
    tables = [np.zeros(1, np.int64)] * (GATHERED_AXES - len(tables)) + tables
    parameters: dict[str, Parameter] = {
        "repeats": outer,
        "repeat_step": outer_step * item,
        "sizes": tuple(len(table) for table in tables),
        "block_size": block * item,
    }
    constant = Constant("positions", "bytes from the first, per axis", "int32_t", np.concatenate(tables) * item)
    return Call(operator, "an_gather", (source.index,), output.index, parameters, (constant,))


def _blocked(axes: list[tuple[int, int]], item: int) -> tuple[list[tuple[int, int]], int]:
    """The axes that must be walked, neighbours that step alike merged, and the bytes that lie together. Steps are in bytes."""
    merged: list[tuple[int, int]] = []
    for size, step in axes:
        if merged and size > 1 and merged[-1][1] == size * step:
            merged[-1] = (merged[-1][0] * size, step)
        elif size > 1:
            merged.append((size, step))
    if merged and merged[-1][1] == item:
        return merged[:-1], merged[-1][0] * item
    return merged, item
