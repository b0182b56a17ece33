"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR."""

from __future__ import annotations

from ..graph import Graph, Operator, ResizeOptions
from ..requantization import bilinear_positions
from . import rules


def resize_nearest_neighbor(graph: Graph, operator: Operator) -> None:
    """The values are copied, whatever their quantization."""
    _sizes(graph, operator)


def resize_bilinear(graph: Graph, operator: Operator) -> None:
    """The stored values are interpolated, whatever their quantization."""
    _sizes(graph, operator)
    options = operator.options
    assert isinstance(options, ResizeOptions)
    rules.require(
        not (options.align_corners and options.half_pixel_centers), operator, "has both align_corners and half_pixel_centers"
    )
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    for axis in (1, 2):
        positions = bilinear_positions(
            source.shape[axis], output.shape[axis], options.align_corners, options.half_pixel_centers
        )
        if positions[-1] >= source.shape[axis] << 10:
            reason = (
                f"enlarges {source.shape[axis]} to {output.shape[axis]}; the reference kernel reads outside of the image there"
            )
            rules.refuse(operator, reason, "Resize in two steps.")


def _sizes(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, ("int8",))
    rules.movable(output, operator, ("int8",))
    rules.require(len(source.shape) == 4, operator, f"has an input of rank {len(source.shape)}, not 4")
    size = rules.constant(graph, operator, 1, ("int32",), "sizes")
    rules.require(size.elements == 2, operator, f"has {size.elements} sizes, not 2")
    assert size.data is not None
    rows, columns = (int(value) for value in size.data.reshape(-1))
    rules.same_elements(operator, (source.shape[0], rows, columns, source.shape[3]), output)
    rules.require(max(source.shape[1:3] + output.shape[1:3]) < 2**15, operator, "has an image side of 32768 or more")
