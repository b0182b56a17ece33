"""Random small graphs by seed: branches, residuals, several inputs and outputs, outputs that are also read or inputs, inputs that are not read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import graph_operators
from .model_builder import ACTIVATION, ModelBuilder
from .operators import Case

Shape = tuple[int, ...]


class GraphBuilder:
    """Adds operators to a model, each on tensors drawn from those that are there."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.builder = ModelBuilder()
        self.shapes: dict[int, Shape] = {}
        self.other_outputs: list[int] = []

    def number(self, low: int, high: int) -> int:
        """Both included."""
        return int(self.random.integers(low, high, endpoint=True))

    def chance(self, probability: float) -> bool:
        return bool(self.random.uniform() < probability)

    def choice(self, *values: Any) -> Any:
        return values[self.number(0, len(values) - 1)]

    def activation(self) -> int:
        """A fused activation, for options."""
        return int(ACTIVATION[str(self.random.choice(sorted(ACTIVATION)))])

    def tensor(self, shape: Shape, quantization: tuple[float, int] | None = None) -> int:
        """An activation; by default its quantization is near that of all others, as in a trained network."""
        scale, zero_point = quantization or (float(np.float32(self.random.uniform(0.02, 0.1))), self.number(-40, 39))
        index = self.builder.tensor(shape, scale, zero_point, f"block{len(self.shapes)}/tensor")
        self.shapes[index] = shape
        return index

    def like(self, source: int, shape: Shape) -> int:
        """An activation quantized as ``source``, for operators that move values without scaling them."""
        quantization = self.builder.graph.tensors[source].quantization
        index = self.builder.tensor(shape, quantization.scale[0], quantization.zeroPoint[0], f"block{len(self.shapes)}/moved")
        self.shapes[index] = shape
        return index

    def pick(self, accept: Callable[[Shape], bool] = lambda shape: True) -> int | None:
        """A tensor with such a shape, rather a late one."""
        found = [index for index, shape in self.shapes.items() if accept(shape)]
        return found[-1 - int(len(found) * self.random.uniform() ** 2)] if found else None


def random_graph(seed: int) -> Case:
    """2 to 12 operators over one to three inputs; every tensor that nobody reads is an output, and some others are,
    inputs among them, and some twice.

    Where an operator finds nothing to work on, the graph has one less; ``Case.inputs`` hold one sample.
    """
    graph = GraphBuilder(seed)
    inputs = [graph.tensor((1, graph.number(2, 8), 6, graph.number(1, 4))) for _ in range(1 + seed % 3)]
    wanted = graph.number(2, 12)
    while len(graph.builder.graph.operators) < wanted:
        graph.choice(*graph_operators.ALL)(graph)
    read = {int(index) for operator in graph.builder.graph.operators for index in operator.inputs}
    computed = [index for index in graph.shapes if index not in inputs]
    outputs = [index for index in computed if index not in read or graph.chance(0.2)] + graph.other_outputs
    outputs += [index for index in (*inputs, *outputs) if graph.chance(0.05)]
    feeds = [graph.random.integers(-128, 128, graph.shapes[index]).astype(np.int8) for index in inputs]
    return Case(graph.builder.build(inputs, outputs), feeds)


def chain(*kinds: str) -> bytes:
    """A model whose operators, without options, follow each other on eight values."""
    builder = ModelBuilder()
    tensors = [builder.tensor((1, 8), 0.1, 0)]
    for kind in kinds:
        tensors.append(builder.tensor((1, 8), 0.1, 0))
        builder.operator(kind, [tensors[-2]], tensors[-1])
    return builder.build(tensors[:1], tensors[-1:])
