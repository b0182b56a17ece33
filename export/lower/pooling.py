"""AVERAGE_POOL_2D and MAX_POOL_2D → an_average_pool_2d, an_max_pool_2d."""

from __future__ import annotations

from ..graph import Graph, Operator, PoolingOptions
from .call import Call
from .window import window_parameters


def pool_2d(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, PoolingOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    parameters = window_parameters(source, output, options, options.window) | {
        "channels": source.shape[3],
        "window_height": options.window[0],
        "window_width": options.window[1],
    }
    cost = output.elements * (20 + 4 * options.window[0] * options.window[1])
    return [Call(operator, f"an_{operator.kind.lower()}", (source.index,), output.index, parameters, cost=cost)]
