"""TRANSPOSE, REVERSE_V2, BROADCAST_TO, SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND."""

from __future__ import annotations

from math import prod

from ..geometry import broadcast_shape
from ..graph import BlockOptions, Graph, Operator
from . import rules

MOST_AXES = 5


def transpose(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    order = _listed(graph, operator, "permutation")
    rank = len(source.shape)
    rules.require(
        rank <= MOST_AXES and sorted(order) == list(range(rank)),
        operator,
        f"permutes {rank} axes, at most {MOST_AXES}, by {order}",
    )
    rules.same_elements(operator, tuple(source.shape[axis] for axis in order), graph.output_of(operator))


def reverse(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    axes = sorted(rules.axis(operator, axis, len(source.shape)) for axis in _listed(graph, operator, "axes"))
    rules.require(
        bool(axes) and axes == list(range(axes[0], axes[0] + len(axes))),
        operator,
        f"reverses the axes {axes}",
        "The reference kernel reverses neighbouring axes only; use one layer per axis.",
    )
    rules.same_elements(operator, source.shape, graph.output_of(operator))


def broadcast_to(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    shape = tuple(rules.integers(graph, operator, 1, "shape", rules.INTEGERS))
    rules.require(
        len(shape) <= MOST_AXES and len(source.shape) <= len(shape) and broadcast_shape(source.shape, shape) == shape,
        operator,
        f"broadcasts {list(source.shape)} to {list(shape)}, at most {MOST_AXES} axes",
    )
    rules.same_elements(operator, shape, graph.output_of(operator))


def space_to_depth(graph: Graph, operator: Operator) -> None:
    block = _block(graph, operator)
    batches, height, width, channels = graph.input_of(operator, 0).shape
    rules.require(height % block == 0 and width % block == 0, operator, f"cuts {height}x{width} into blocks of {block}")
    expected = (batches, height // block, width // block, channels * block * block)
    rules.same_elements(operator, expected, graph.output_of(operator))


def depth_to_space(graph: Graph, operator: Operator) -> None:
    block = _block(graph, operator)
    batches, height, width, channels = graph.input_of(operator, 0).shape
    rules.require(channels % (block * block) == 0, operator, f"makes blocks of {block} out of {channels} channels")
    expected = (batches, height * block, width * block, channels // (block * block))
    rules.same_elements(operator, expected, graph.output_of(operator))


def space_to_batch(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 3, 3)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    blocks, before, after = _blocks(graph, operator)
    spatial = source.shape[1 : 1 + len(blocks)]
    padded = [size + first + last for size, first, last in zip(spatial, before, after, strict=True)]
    rules.require(
        all(size % block == 0 for size, block in zip(padded, blocks, strict=True)),
        operator,
        f"cuts {padded} into blocks {blocks}",
    )
    cut = tuple(size // block for size, block in zip(padded, blocks, strict=True))
    rules.same_elements(operator, (source.shape[0] * prod(blocks), *cut, source.shape[-1]), output)


def batch_to_space(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 3, 3)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.moves(graph, operator, source)
    blocks, before, after = _blocks(graph, operator)
    rules.require(source.shape[0] % prod(blocks) == 0, operator, f"makes blocks {blocks} out of {source.shape[0]} batches")
    spatial = source.shape[1 : 1 + len(blocks)]
    joined = tuple(size * block - first - last for size, block, first, last in zip(spatial, blocks, before, after, strict=True))
    rules.same_elements(operator, (source.shape[0] // prod(blocks), *joined, source.shape[-1]), output)


def _listed(graph: Graph, operator: Operator, what: str) -> list[int]:
    """The integers of the second operand, which the reference kernels take as a list only, of rank 1."""
    values = rules.integers(graph, operator, 1, what)
    shape = list(graph.input_of(operator, 1).shape)
    rules.require(len(shape) == 1, operator, f"the shape of its {what} is {shape}, not that of a list")
    return values


def _block(graph: Graph, operator: Operator) -> int:
    options = operator.options
    assert isinstance(options, BlockOptions)
    rules.arity(operator, 1, 1)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    rules.require(len(source.shape) == 4, operator, f"reads a tensor of rank {len(source.shape)}")
    rules.require(1 <= options.size <= rules.LARGEST_REACH, operator, f"has blocks of {options.size}")
    return options.size


def _blocks(graph: Graph, operator: Operator) -> tuple[list[int], list[int], list[int]]:
    """The sizes of the blocks, and what is padded or cropped before and after, per spatial axis."""
    rank = len(graph.input_of(operator, 0).shape)
    rules.require(rank in (3, 4), operator, f"reads a tensor of rank {rank}")
    blocks = rules.integers(graph, operator, 1, "blocks")
    edges = rules.integers(graph, operator, 2, "edges")
    rules.require(
        len(blocks) == rank - 2 and len(edges) == 2 * len(blocks), operator, f"has {len(blocks)} blocks and {len(edges)} edges"
    )
    fits = min(blocks) >= 1 and min(edges) >= 0 and max(blocks + edges) <= rules.LARGEST_REACH
    rules.require(fits, operator, f"has the blocks {blocks} and the edges {edges}")
    return blocks, edges[::2], edges[1::2]
