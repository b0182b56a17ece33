"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator, ResizeOptions
from ..requantization import bilinear_positions, nearest_indices


def resize_nearest_neighbor(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, ResizeOptions)
    output = graph.output_of(operator)
    rows, columns = (
        nearest_indices(inputs[0].shape[i], output.shape[i], options.align_corners, options.half_pixel_centers) for i in (1, 2)
    )
    return inputs[0][:, rows[:, None], columns[None, :], :]


def resize_bilinear(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Positions have 10 fractional bits, so the weighted sum of four neighbours has 20; it is rounded half away from zero."""
    options = operator.options
    assert isinstance(options, ResizeOptions)
    values, output = inputs[0].astype(np.int64), graph.output_of(operator)
    for axis in (1, 2):
        size = values.shape[axis]
        positions = bilinear_positions(size, output.shape[axis], options.align_corners, options.half_pixel_centers)
        lower, fraction = positions >> 10, (positions & 1023).reshape((-1, 1, 1) if axis == 1 else (-1, 1))
        upper = np.minimum(lower + 1, size - 1)
        values = values.take(lower, axis) * (1024 - fraction) + values.take(upper, axis) * fraction
    rounded = (np.abs(values) + (1 << 19)) >> 20
    return (np.sign(values) * rounded).astype(np.int8)
