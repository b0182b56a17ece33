"""ADD and MUL of operands of one shape → an_thumb_add, an_thumb_mul, with the short requantization."""

from __future__ import annotations

from dataclasses import replace

from ...graph import Graph, Operator
from ..call import Call
from ..dsp import elementwise


def add(graph: Graph, operator: Operator) -> Call | str:
    return _renamed(elementwise.add(graph, operator), "an_thumb_add", 90)


def mul(graph: Graph, operator: Operator) -> Call | str:
    return _renamed(elementwise.mul(graph, operator), "an_thumb_mul", 60)


def _renamed(call: Call | str, kernel: str, cost: int) -> Call | str:
    """A kernel that takes the parameters of the DSP's."""
    if isinstance(call, str):
        return call
    size = call.parameters["size"]
    assert isinstance(size, int)
    return replace(call, kernel=kernel, cost=cost * size)
