"""STRIDED_SLICE, SLICE, SPLIT, SPLIT_V, UNPACK → an_move, one call per output; GATHER → an_gather."""

from __future__ import annotations

from math import prod

import numpy as np

from ..geometry import slice_ranges, strided_ranges
from ..graph import GatherOptions, Graph, Operator, StackOptions, StridedSliceOptions, Tensor
from .call import Call
from .move import gather_tables, move_ranges


def slice_(graph: Graph, operator: Operator) -> list[Call]:
    source = graph.input_of(operator, 0)
    ranges = slice_ranges(graph.integers_of(operator, 1), graph.integers_of(operator, 2), source.shape)
    return [move_ranges(operator, source, graph.output_of(operator), ranges)]


def strided_slice(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, StridedSliceOptions)
    source = graph.input_of(operator, 0)
    begin, end, strides = (graph.integers_of(operator, position) for position in (1, 2, 3))
    ranges = strided_ranges(options, begin, end, strides, source.shape)
    return [move_ranges(operator, source, graph.output_of(operator), ranges)]


def split(graph: Graph, operator: Operator) -> list[Call]:
    return _parts(graph, operator, graph.input_of(operator, 1), graph.integers_of(operator, 0)[0])


def split_v(graph: Graph, operator: Operator) -> list[Call]:
    return _parts(graph, operator, graph.input_of(operator, 0), graph.integers_of(operator, 2)[0])


def unpack(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, StackOptions)
    return _parts(graph, operator, graph.input_of(operator, 0), options.axis)


def gather(graph: Graph, operator: Operator) -> list[Call]:
    """Where batches have indices of their own, one table holds the positions of all blocks."""
    options = operator.options
    assert isinstance(options, GatherOptions)
    source, indices = graph.input_of(operator, 0), graph.input_of(operator, 1)
    assert indices.data is not None
    axis = options.axis % len(source.shape)
    shared = options.shared(len(indices.shape))
    batches, outer, inner = prod(source.shape[:shared]), prod(source.shape[shared:axis]), prod(source.shape[axis + 1 :])
    step = source.shape[axis] * inner
    table = indices.data.reshape(batches, 1, -1).astype(np.int64) * inner
    if batches > 1:
        table = table + (np.arange(batches * outer) * step).reshape(batches, outer, 1)
        outer = 1
    return [gather_tables(operator, source, graph.output_of(operator), [table.reshape(-1)], outer, step, inner)]


def _parts(graph: Graph, operator: Operator, source: Tensor, axis: int) -> list[Call]:
    """The outputs one after the other along an axis of the input."""
    axis %= len(source.shape)
    calls, start = [], 0
    for index in operator.outputs:
        output = graph.tensors[index]
        taken = output.elements * source.shape[axis] // source.elements
        ranges = [range(size) for size in source.shape]
        ranges[axis] = range(start, start + taken)
        calls.append(move_ranges(operator, source, output, ranges))
        start += taken
    return calls
