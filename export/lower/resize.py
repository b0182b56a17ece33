"""RESIZE_NEAREST_NEIGHBOR → an_resize_nearest_neighbor, RESIZE_BILINEAR → an_resize_bilinear: one table of positions per axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import Graph, Operator, ResizeOptions
from ..requantization import bilinear_positions, nearest_indices
from .call import Call, Constant


def resize_nearest_neighbor(graph: Graph, operator: Operator) -> list[Call]:
    return _resize(graph, operator, nearest_indices, "int16_t", "input position of every output position")


def resize_bilinear(graph: Graph, operator: Operator) -> list[Call]:
    def positions(source: int, output: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
        # Behind the last input position there is nothing to interpolate with.
        return np.minimum(bilinear_positions(source, output, align_corners, half_pixel_centers), (source - 1) << 10)

    return _resize(graph, operator, positions, "int32_t", "input position of every output position in steps of 1/1024")


def _resize(
    graph: Graph, operator: Operator, positions: Callable[[int, int, bool, bool], np.ndarray], c_type: str, layout: str
) -> list[Call]:
    options = operator.options
    assert isinstance(options, ResizeOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    constants = tuple(
        Constant(
            role,
            layout,
            c_type,
            positions(source.shape[axis], output.shape[axis], options.align_corners, options.half_pixel_centers),
        )
        for role, axis in (("rows", 1), ("columns", 2))
    )
    parameters = {
        "batches": source.shape[0],
        "input_height": source.shape[1],
        "input_width": source.shape[2],
        "channels": source.shape[3],
        "output_height": output.shape[1],
        "output_width": output.shape[2],
    }
    return [Call(operator, f"an_{operator.kind.lower()}", (source.index,), output.index, dict(parameters), constants)]
