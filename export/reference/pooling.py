"""AVERAGE_POOL_2D and MAX_POOL_2D."""

from __future__ import annotations

import numpy as np

from ..geometry import Span, spans
from ..graph import Graph, Operator, PoolingOptions
from ..requantization import output_limits


def average_pool_2d(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """The mean of the window's part inside the input, rounded half away from zero."""

    def mean(window: np.ndarray) -> np.ndarray:
        count = window.shape[1] * window.shape[2]
        total = window.astype(np.int64).sum(axis=(1, 2))
        return np.where(total > 0, (total + count // 2) // count, -((count // 2 - total) // count))

    return _pool(graph, operator, inputs[0], mean)


def max_pool_2d(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return _pool(graph, operator, inputs[0], lambda window: window.max(axis=(1, 2)))


def _pool(graph: Graph, operator: Operator, values: np.ndarray, reduce) -> np.ndarray:  # type: ignore[no-untyped-def]
    options = operator.options
    assert isinstance(options, PoolingOptions)
    output = graph.output_of(operator)
    result = np.empty(output.shape, np.int64)
    (top, bottom), (left, right) = (
        _bounds(side, values.shape[axis + 1], options.window[axis], options.stride[axis])
        for axis, side in enumerate(spans(values.shape, options.window, options.stride, (1, 1), options.padding))
    )
    for y in range(output.shape[1]):
        for x in range(output.shape[2]):
            result[:, y, x] = reduce(values[:, top[y] : bottom[y], left[x] : right[x]])
    return np.clip(result, *output_limits(options, output)).astype(np.int8)


def _bounds(side: Span, size: int, window: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    starts = np.arange(side.output) * stride - side.before
    return np.maximum(starts, 0), np.minimum(starts + window, size)
