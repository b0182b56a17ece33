"""A model's outputs are bytes of their own: where one is an input, a constant, or listed a second time, it becomes a copy."""

from __future__ import annotations

from dataclasses import replace

from ..graph import Graph, Operator


def own_outputs(graph: Graph) -> Graph:
    """The graph whose outputs are distinct and computed; copies are RESHAPEs behind all other operators."""
    tensors, operators, outputs = list(graph.tensors), list(graph.operators), list(graph.outputs)
    taken = set(graph.sources)
    for position, index in enumerate(graph.outputs):
        source = graph.tensors[index]
        if index in taken or source.data is not None:
            outputs[position] = len(tensors)
            number = max((operator.index for operator in operators), default=-1) + 1
            operators.append(Operator(number, "RESHAPE", f"{source.name}/copy", (index,), (len(tensors),)))
            tensors.append(replace(source, index=len(tensors), data=None))
        taken.add(index)
    return replace(graph, tensors=tuple(tensors), operators=tuple(operators), outputs=tuple(outputs))
