"""A model at another input resolution: what a board that is too small could hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .errors import AttendNetsError
from .graph import Graph, PoolingOptions


def largest_resolution(graph: Graph, fits: Callable[[Graph], bool]) -> tuple[int, int] | None:
    """The largest smaller resolution, (height, width), in the same proportions, at which the model as read ``fits``; None where there is
    none, or the model has no image for its input."""
    shape = graph.tensors[graph.inputs[0]].shape
    if len(graph.inputs) != 1 or len(shape) != 4 or shape[0] != 1:
        return None
    height, width = shape[1:3]
    # Maps of all sizes stay whole numbers of rows
    heights = [
        tensor.shape[1] for tensor in graph.tensors if tensor.data is None and len(tensor.shape) == 4 and tensor.shape[1] > 1
    ]
    stride = height // min(heights) if height % min(heights) == 0 else 1
    sizes = [(rows, rows * width // height) for rows in range(stride, height, stride) if rows * width % height == 0]
    low, high = 0, len(sizes)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _fits(graph, sizes[middle], fits) else (low, middle)
    return sizes[low - 1] if low else None


def _fits(graph: Graph, size: tuple[int, int], fits: Callable[[Graph], bool]) -> bool:
    try:
        return fits(resized(graph, size))
    except AttendNetsError:
        return False


def resized(graph: Graph, size: tuple[int, int]) -> Graph:
    """The graph as read, with an input of another height and width; the check stage fills in all other sizes.

    Windows over a whole map, and sizes that images are resized to, change in proportion.
    """
    source = graph.tensors[graph.inputs[0]]
    factors = tuple(new / old for new, old in zip(size, source.shape[1:3], strict=True))
    tensors = [tensor if tensor.data is not None else replace(tensor, open=True) for tensor in graph.tensors]
    tensors[source.index] = replace(source, shape=(source.shape[0], *size, *source.shape[3:]), open=False)
    operators = []
    for operator in graph.operators:
        options = operator.options
        if isinstance(options, PoolingOptions) and options.window == graph.input_of(operator, 0).shape[1:3]:
            height, width = (max(1, round(side * factor)) for side, factor in zip(options.window, factors, strict=True))
            operator = replace(operator, options=replace(options, window=(height, width), stride=(height, width)))
        if operator.kind.startswith("RESIZE_"):
            sizes = graph.input_of(operator, 1)
            if sizes.data is not None:
                data = np.rint(sizes.data * np.array(factors)).astype(sizes.data.dtype)
                tensors[sizes.index] = replace(sizes, data=data)
        operators.append(operator)
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators))
