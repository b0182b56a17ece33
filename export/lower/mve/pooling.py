"""AVERAGE_POOL_2D and MAX_POOL_2D of 2x2 → an_mve_pool_2x2: eight or sixteen channels at a time."""

from __future__ import annotations

from ...fixed_point import INT8_MAX, INT8_MIN
from ...geometry import spans
from ...graph import Graph, Operator, PoolingOptions
from ...requantization import output_limits
from ..call import Call

LANES = {"AVERAGE_POOL_2D": 8, "MAX_POOL_2D": 16}


def pool_2d(graph: Graph, operator: Operator) -> Call | str:
    options = operator.options
    assert isinstance(options, PoolingOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    if options.window != (2, 2):
        return "not 2x2"
    if output_limits(options, output) != (INT8_MIN, INT8_MAX):
        return "outputs are clamped"
    batches, height, width, channels = source.shape
    sides = spans(source.shape, options.window, options.stride, (1, 1), options.padding)
    ends = [(side.output - 1) * step + 2 for side, step in zip(sides, options.stride, strict=True)]
    if any(side.before for side in sides) or ends[0] > height or ends[1] > width:
        return "windows that reach beyond the input"
    positions = output.elements // channels
    vectors = -(-channels // LANES[operator.kind])
    return Call(
        operator,
        "an_mve_pool_2x2",
        (source.index,),
        output.index,
        {
            "batches": batches,
            "input_height": height,
            "output_height": output.shape[1],
            "stride_height": options.stride[0],
            "row.maximum": int(operator.kind == "MAX_POOL_2D"),
            "row.positions": output.shape[2],
            "row.channels": channels,
            "row.step": options.stride[1] * channels,
            "row.row_step": width * channels,
        },
        cost=positions * (12 * vectors + 10) + 30 * output.shape[1],
    )
