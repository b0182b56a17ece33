"""ADD_N sums tensors that lie behind each other: a PACK before it puts them there, so that one kernel sums any number of them."""

from __future__ import annotations

from dataclasses import replace

from ..graph import Graph, Operator, StackOptions


def packed_sums(graph: Graph) -> Graph:
    """The graph in which every ADD_N reads one tensor, the stack of its operands."""
    tensors, operators = list(graph.tensors), []
    number = max((operator.index for operator in graph.operators), default=-1)
    for operator in graph.operators:
        if operator.kind == "ADD_N":
            number += 1
            count, packed = len(operator.inputs), len(tensors)
            first = graph.input_of(operator, 0)
            tensors.append(replace(first, index=packed, name=f"{operator.name}/terms", shape=(count, *first.shape), data=None))
            operators.append(
                Operator(number, "PACK", f"{operator.name}/terms", operator.inputs, (packed,), StackOptions(0, count))
            )
            operator = replace(operator, inputs=(packed,))
        operators.append(operator)
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators))
