"""RESIZE_NEAREST_NEIGHBOR."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator, ResizeOptions
from ..requantization import nearest_indices


def resize_nearest_neighbor(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, ResizeOptions)
    output = graph.output_of(operator)
    rows, columns = (
        nearest_indices(inputs[0].shape[i], output.shape[i], options.align_corners, options.half_pixel_centers) for i in (1, 2)
    )
    return inputs[0][:, rows[:, None], columns[None, :], :]
