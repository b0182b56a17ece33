"""AVERAGE_POOL_2D and MAX_POOL_2D → an_average_pool_2d, an_max_pool_2d."""

from __future__ import annotations

from ..fixed_point import activation_range
from ..geometry import span
from ..graph import Graph, Operator, PoolingOptions
from .call import Call


def pool_2d(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, PoolingOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rows = span(source.shape[1], options.window[0], options.stride[0], 1, options.padding)
    columns = span(source.shape[2], options.window[1], options.stride[1], 1, options.padding)
    low, high = activation_range(options.activation, output.scale, output.zero_point)
    return [
        Call(
            operator,
            f"an_{operator.kind.lower()}",
            (source.index,),
            output.index,
            {
                "batches": source.shape[0],
                "input_height": source.shape[1],
                "input_width": source.shape[2],
                "channels": source.shape[3],
                "output_height": rows.output,
                "output_width": columns.output,
                "window_height": options.window[0],
                "window_width": options.window[1],
                "stride_height": options.stride[0],
                "stride_width": options.stride[1],
                "padding_top": rows.before,
                "padding_left": columns.before,
                "activation_min": low,
                "activation_max": high,
            },
        )
    ]
