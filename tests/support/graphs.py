"""Random small graphs by seed: branches, residuals, several inputs and outputs, outputs that are also read, and inputs that are not."""

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


def streaming_model() -> bytes:
    """int8 [1, 6] → [1, 2]: one of everything that keeps a state.

    ``sum`` is computed where it is kept, ``left`` and ``right`` change places, ``offset`` never changes, and an SVDF remembers three inputs.
    """
    builder = ModelBuilder()
    random = np.random.default_rng(0)
    shape = (1, 6)
    source = builder.tensor(shape, 0.05, 3, "source")
    noise = {name: random.integers(-128, 128, shape).astype(np.int8) for name in ("left", "right", "offset")}
    zeros = np.full(shape, -7, np.int8)
    builder.call_once({name: (values, 0.05, 0) for name, values in {**noise, "sum": zeros}.items()})
    handles = {name: builder.handle(name) for name in ("sum", "left", "right", "offset")}
    values = {name: builder.tensor(shape, 0.05, 0, f"{name}/value") for name in handles}
    for name, handle in handles.items():
        builder.operator("READ_VARIABLE", [handle], values[name], "ReadVariableOptions")

    def add(first: int, second: int, name: str) -> int:
        return int(builder.operator("ADD", [first, second], builder.tensor(shape, 0.08, -2, name), "AddOptions"))

    mixed = add(add(add(source, values["sum"], "add/sum"), values["left"], "add/left"), values["offset"], "add/offset")
    kept = builder.operator("QUANTIZE", [mixed], builder.tensor(shape, 0.05, 0, "kept"), "QuantizeOptions")
    for name, value in (("sum", kept), ("left", values["right"]), ("right", values["left"])):
        builder.assign(handles[name], value)
    weights = builder.constant(random.integers(-127, 128, (4, 6)).astype(np.int8), [0.01])
    times = builder.constant(random.integers(-32767, 32768, (4, 3)).astype(np.int16), [2**-15])
    biases = builder.constant(np.array([10, -10], np.int32), [2.0**-25])
    memory = builder.variable((1, 12), 2**-10, 0, "memory", "int16")
    output = builder.tensor((1, 2), 0.1, 0, "svdf")
    builder.operator("SVDF", [mixed, weights, times, biases, memory], output, "SVDFOptions", rank=2, fusedActivationFunction=1)
    return builder.build([source], [output])


def stateful_graph(seed: int) -> bytes:
    """Random operators around one to four variables: read late or never, assigned twice, from each other, or what they were."""
    graph = GraphBuilder(seed)
    random, builder = graph.random, graph.builder
    inputs = [graph.tensor((1, 3, 4, 2))]
    names = [f"memory_{number}" for number in range(int(random.integers(1, 5)))]
    shapes = {name: ((1, 3, 4, 2), (1, 2, 2, 3))[int(random.integers(2))] for name in names}
    initial = {name: (_initial(random, shapes[name]), 0.05, int(random.integers(-40, 40))) for name in names}
    assigned = {name: values for name, values in initial.items() if random.uniform() < 0.7}
    if assigned:
        builder.call_once(assigned)
    handles = {name: builder.handle(name) for name in names}

    def read(name: str) -> None:
        output = graph.tensor(shapes[name])
        builder.operator("READ_VARIABLE", [handles[name]], output, "ReadVariableOptions")

    def assign(name: str) -> None:
        if graph.pick(lambda shape: shape == shapes[name]) is None:
            read(name)
        value = graph.pick(lambda shape: shape == shapes[name])
        assert value is not None
        builder.assign(handles[name], value)

    for name in names:
        if random.uniform() < 0.8:
            read(name)
    kinds = [graph.convolution, graph.elementwise, graph.unary, graph.reshape, graph.concatenation]
    for _ in range(int(random.integers(2, 9))):
        kinds[int(random.integers(len(kinds)))]()
        name = names[int(random.integers(len(names)))]
        (read, assign, lambda name: None)[int(random.integers(3))](name)
    for name in names:
        assign(name)
    graph.unary()
    operators = builder.graph.operators
    kept = {int(index) for operator in operators for index in operator.inputs} | set(inputs)
    outputs = [index for index in graph.shapes if index not in kept or (index not in inputs and random.uniform() < 0.2)]
    return builder.build(inputs, outputs)


def _initial(random: np.random.Generator, shape: Shape) -> np.ndarray:
    """Noise, or one value everywhere."""
    low = int(random.integers(-128, 127))
    return random.integers(low, 128 if random.uniform() < 0.5 else low + 1, shape).astype(np.int8)


def random_graph(seed: int) -> Case:
    """2 to 12 operators over one to three inputs; every tensor that nobody reads is an output, and some others are.

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
