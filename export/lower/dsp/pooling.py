"""AVERAGE_POOL_2D and MAX_POOL_2D → an_dsp_average_pool_2d, an_dsp_max_pool_2d: four channels at a time."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from ...fixed_point import INT8_MAX, INT8_MIN
from ...graph import Graph, Operator, PoolingOptions
from ...requantization import output_limits
from ..call import Call
from ..pooling import pool_2d as portable_pool_2d

MOST_TAPS = 255
"""Sums of as many bytes fit into 16 bits."""


def pool_2d(graph: Graph, operator: Operator) -> Call | str:
    options, output = operator.options, graph.output_of(operator)
    assert isinstance(options, PoolingOptions)
    if output.shape[3] < 4:
        return "fewer than four channels"
    if output_limits(options, output) != (INT8_MIN, INT8_MAX):
        return "outputs are clamped"
    taps = prod(options.window)
    if operator.kind == "AVERAGE_POOL_2D" and taps > MOST_TAPS:
        return f"more than {MOST_TAPS} taps"
    (portable,) = portable_pool_2d(graph, operator)
    return replace(
        portable, kernel=f"an_dsp_{operator.kind.lower()}", cost=output.elements * (10 + 2 * taps) + 80 * prod(output.shape[:3])
    )
