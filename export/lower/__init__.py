"""Stage 4, lower: operator → kernel calls with packed weights, scratch size and cost. The one place that decides which kernel runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..graph import Graph, Operator
from . import activation, convolution, elementwise, fully_connected, movement, pooling, reduction, resize, softmax
from .call import Call

LOWERINGS: dict[str, Callable[[Graph, Operator], list[Call]]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "MEAN": reduction.mean,
    "LOGISTIC": activation.unary,
    "RELU": activation.unary,
    "RELU6": activation.unary,
    "QUANTIZE": activation.unary,
    "LOOKUP": activation.lookup,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "PAD": movement.pad,
    "PADV2": movement.pad_v2,
    "RESHAPE": movement.copy,
    "CONCATENATION": movement.concatenation,
    "SOFTMAX": softmax.softmax,
}


@dataclass(frozen=True, eq=False)
class Lowering:
    """The kernel calls of a graph in order, and for every tensor that is another one's bytes under a new shape, that other tensor."""

    graph: Graph
    calls: tuple[Call, ...]
    aliases: dict[int, int]

    def storage(self, tensor: int) -> int:
        """The tensor whose bytes ``tensor`` is."""
        return self.aliases.get(tensor, tensor)


def lower(graph: Graph) -> Lowering:
    """A RESHAPE becomes an alias, except where two of the caller's buffers would become one: there it copies."""
    aliases: dict[int, int] = {}
    external = set(graph.inputs) | {
        index
        for operator in graph.operators
        if operator.kind != "RESHAPE"
        for index in operator.outputs
        if index in graph.outputs
    }
    calls: list[Call] = []
    for operator in graph.operators:
        if operator.kind == "RESHAPE":
            source, output = graph.input_of(operator, 0), graph.output_of(operator)
            root = aliases.get(source.index, source.index)
            is_output = output.index in graph.outputs
            if source.data is None and not (is_output and root in external):
                aliases[output.index] = root
                external |= {root} if is_output else set()
                continue
            external |= {output.index} if is_output else set()
        calls += LOWERINGS[operator.kind](graph, operator)
    return Lowering(graph, tuple(calls), aliases)
