"""RESIZE_NEAREST_NEIGHBOR."""

from __future__ import annotations

from ..graph import Graph, Operator
from . import rules


def resize_nearest_neighbor(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.require(len(source.shape) == 4, operator, f"has an input of rank {len(source.shape)}, not 4")
    size = rules.constant(graph, operator, 1, ("int32",), "sizes")
    rules.require(size.elements == 2, operator, f"has {size.elements} sizes, not 2")
    assert size.data is not None
    rows, columns = (int(value) for value in size.data.reshape(-1))
    rules.same_elements(operator, (source.shape[0], rows, columns, source.shape[3]), output)
    rules.require(max(source.shape[1:3] + output.shape[1:3]) < 2**15, operator, "has an image side of 32768 or more")
