"""TRANSPOSE, REVERSE_V2, BROADCAST_TO and the exchanges between space, depth and batch: all values in another order."""

from __future__ import annotations

import numpy as np

from ..graph import BlockOptions, Graph, Operator


def transpose(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.transpose(inputs[0], inputs[1].tolist())


def reverse(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.flip(inputs[0], inputs[1].tolist())


def broadcast_to(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.broadcast_to(inputs[0], inputs[1].tolist())


def space_to_depth(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Each block of positions becomes one position; its channels are row, column, channel."""
    block = _block(operator)
    batches, height, width, channels = inputs[0].shape
    cut = inputs[0].reshape(batches, height // block, block, width // block, block, channels)
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(graph.output_of(operator).shape)


def depth_to_space(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    block = _block(operator)
    batches, height, width, channels = inputs[0].shape
    cut = inputs[0].reshape(batches, height, width, block, block, channels // (block * block))
    return cut.transpose(0, 1, 3, 2, 4, 5).reshape(graph.output_of(operator).shape)


def space_to_batch(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Pads with real zero; each place within the blocks becomes a batch of its own."""
    source, blocks, widths = inputs[0], inputs[1].reshape(-1).tolist(), inputs[2].reshape(-1, 2).tolist()
    padded = np.pad(source, [[0, 0], *widths, [0, 0]], constant_values=graph.output_of(operator).zero_point)
    places = np.ndindex(*blocks)
    return np.concatenate(
        [padded[:, *(slice(first, None, block) for first, block in zip(place, blocks, strict=True))] for place in places]
    )


def batch_to_space(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    source, blocks, crops = inputs[0], inputs[1].reshape(-1).tolist(), inputs[2].reshape(-1, 2).tolist()
    spatial = [size * block for size, block in zip(source.shape[1:-1], blocks, strict=True)]
    joined = np.empty((source.shape[0] // int(np.prod(blocks)), *spatial, source.shape[-1]), source.dtype)
    for place, batches in zip(np.ndindex(*blocks), np.split(source, int(np.prod(blocks))), strict=True):
        joined[:, *(slice(first, None, block) for first, block in zip(place, blocks, strict=True))] = batches
    return joined[:, *(slice(before, size - after) for size, (before, after) in zip(spatial, crops, strict=True))]


def _block(operator: Operator) -> int:
    assert isinstance(operator.options, BlockOptions)
    return operator.options.size
