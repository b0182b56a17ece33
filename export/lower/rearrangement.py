"""TRANSPOSE, REVERSE_V2, BROADCAST_TO, SPACE_TO_DEPTH, DEPTH_TO_SPACE → an_move; between space and batch, kernels that pad or crop."""

from __future__ import annotations

import numpy as np

from ..geometry import normalized_axes, strides
from ..graph import BlockOptions, Graph, Operator
from .call import Call
from .move import gather_tables, move, move_ranges


def transpose(graph: Graph, operator: Operator) -> list[Call]:
    source = graph.input_of(operator, 0)
    steps = strides(source.shape)
    axes = [(source.shape[axis], steps[axis]) for axis in graph.integers_of(operator, 1)]
    return [move(operator, source, graph.output_of(operator), axes)]


def reverse(graph: Graph, operator: Operator) -> list[Call]:
    source = graph.input_of(operator, 0)
    reversed_axes = normalized_axes(graph.integers_of(operator, 1), len(source.shape))
    ranges = [range(size)[:: -1 if axis in reversed_axes else 1] for axis, size in enumerate(source.shape)]
    return [move_ranges(operator, source, graph.output_of(operator), ranges)]


def broadcast_to(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    missing = len(output.shape) - len(source.shape)
    steps = [0] * missing + [step * (size > 1) for size, step in zip(source.shape, strides(source.shape), strict=True)]
    return [move(operator, source, output, list(zip(output.shape, steps, strict=True)))]


def space_to_depth(graph: Graph, operator: Operator) -> list[Call]:
    """Walks batch, row and column of the output, then row, column and channel within the block."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    block = _block(operator)
    per_batch, per_row, per_column, _ = strides(source.shape)
    batches, height, width, _ = output.shape
    outer = [(batches, per_batch), (height, per_row * block), (width, per_column * block)]
    return [move(operator, source, output, [*outer, (block, per_row), (block, per_column), (source.shape[3], 1)])]


def depth_to_space(graph: Graph, operator: Operator) -> list[Call]:
    """Walks batch, row, row within the block, column, column within the block, and channel."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    block, channels = _block(operator), output.shape[3]
    batches, height, width, _ = source.shape
    per_batch, per_row, per_column, _ = strides(source.shape)
    rows = [(height, per_row), (block, block * channels)]
    columns = [(width, per_column), (block, channels)]
    return [move(operator, source, output, [(batches, per_batch), *rows, *columns, (channels, 1)])]


def space_to_batch(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    blocks, edges = graph.integers_of(operator, 1), graph.integers_of(operator, 2)
    flat = len(source.shape) == 3
    parameters = {
        "batches": source.shape[0],
        "input_height": source.shape[1],
        "input_width": 1 if flat else source.shape[2],
        "channels": source.shape[-1],
        "output_height": output.shape[1],
        "output_width": 1 if flat else output.shape[2],
        "block_height": blocks[0],
        "block_width": 1 if flat else blocks[1],
        "padding_top": edges[0],
        "padding_left": 0 if flat else edges[2],
        "value": output.zero_point,
    }
    return [Call(operator, "an_space_to_batch", (source.index,), output.index, dict(parameters))]


def batch_to_space(graph: Graph, operator: Operator) -> list[Call]:
    """The position within a block chooses the batch, so each output position along an axis has one offset into the input."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    blocks, edges = graph.integers_of(operator, 1), graph.integers_of(operator, 2)
    steps = strides(source.shape)
    tables: list[np.ndarray] = []
    place = output.shape[0] * steps[0]
    for axis in reversed(range(len(blocks))):
        positions = np.arange(output.shape[axis + 1], dtype=np.int64) + edges[2 * axis]
        tables.insert(0, positions // blocks[axis] * steps[axis + 1] + positions % blocks[axis] * place)
        place *= blocks[axis]
    return [gather_tables(operator, source, output, tables, output.shape[0], steps[0], source.shape[-1])]


def _block(operator: Operator) -> int:
    assert isinstance(operator.options, BlockOptions)
    return operator.options.size
