"""Models that keep a state: one of everything, and random ones by seed."""

from __future__ import annotations

import numpy as np

from . import graph_operators
from .graphs import GraphBuilder, Shape
from .model_builder import ModelBuilder


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
    for _ in range(int(random.integers(2, 9))):
        graph.choice(*graph_operators.ALL)(graph)
        name = names[int(random.integers(len(names)))]
        (read, assign, lambda name: None)[int(random.integers(3))](name)
    for name in names:
        assign(name)
    graph_operators.unary(graph)
    operators = builder.graph.operators
    kept = {int(index) for operator in operators for index in operator.inputs} | set(inputs)
    outputs = [
        index for index in graph.shapes if index not in kept or (index not in inputs and random.uniform() < 0.2)
    ] + graph.other_outputs
    return builder.build(inputs, outputs)


def _initial(random: np.random.Generator, shape: Shape) -> np.ndarray:
    """Noise, or one value everywhere."""
    low = int(random.integers(-128, 127))
    return random.integers(low, 128 if random.uniform() < 0.5 else low + 1, shape).astype(np.int8)
