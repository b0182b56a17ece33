"""RESIZE_NEAREST_NEIGHBOR → an_resize_nearest_neighbor with one table of positions per axis."""

from __future__ import annotations

from ..graph import Graph, Operator, ResizeOptions
from ..requantization import nearest_indices
from .call import Call, Constant


def resize_nearest_neighbor(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, ResizeOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    constants = tuple(
        Constant(
            role,
            "input position of every output position",
            "int16_t",
            nearest_indices(source.shape[axis], output.shape[axis], options.align_corners, options.half_pixel_centers),
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
    return [Call(operator, "an_resize_nearest_neighbor", (source.index,), output.index, dict(parameters), constants)]
