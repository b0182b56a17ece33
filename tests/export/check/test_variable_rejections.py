"""Variables that cannot be compiled exactly are refused with the reason."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.export.check.test_rejections import refusal
from tests.support.model_builder import ModelBuilder

INITIAL = {"memory": (np.zeros((1, 4), np.int8), 0.1, 0)}

Body = Callable[[ModelBuilder, int, int], None]


def model(body: Body) -> bytes:
    """``body`` adds operators to a model with an input and an output of four values, a RELU between them at the end."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 4), 0.1, 0, "x"), builder.tensor((1, 4), 0.1, 0, "y")
    body(builder, source, output)
    builder.operator("RELU", [source], output)
    return builder.build([source], [output])


def read(builder: ModelBuilder, handle: int, shape: tuple[int, ...] = (1, 4), dtype: str = "int8") -> int:
    return int(builder.operator("READ_VARIABLE", [handle], builder.tensor(shape, 0.1, 0, "read", dtype), "ReadVariableOptions"))


def never_assigned(builder: ModelBuilder, source: int, output: int) -> None:
    read(builder, builder.handle("memory"))


def no_handle(builder: ModelBuilder, source: int, output: int) -> None:
    read(builder, source)


def called_late(builder: ModelBuilder, source: int, output: int) -> None:
    builder.assign(builder.handle("memory"), source)
    builder.call_once(INITIAL)


def called_nowhere(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once(INITIAL)
    builder.graph.operators[-1].builtinOptions.initSubgraphIndex = 7


def computed_initially(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once(INITIAL)
    builder.model.subgraphs[1].tensors[1].buffer = 0


def other_initialization(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once(INITIAL)
    main, builder.graph = builder.graph, builder.model.subgraphs[1]
    builder.operator("RELU", [1], 1)
    builder.graph = main


def other_size(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once({"memory": (np.zeros((1, 5), np.int8), 0.1, 0)})
    builder.assign(builder.handle("memory"), source)


def other_type(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once(INITIAL)
    read(builder, builder.handle("memory"), dtype="uint8")


def read_too_large(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once(INITIAL)
    read(builder, builder.handle("memory"), (1, 8))


def assigned_early(builder: ModelBuilder, source: int, output: int) -> None:
    builder.assign(builder.handle("memory"), output)


def in_two_containers(builder: ModelBuilder, source: int, output: int) -> None:
    builder.call_once(INITIAL)
    handle = builder.handle("memory")
    builder.graph.operators[-1].builtinOptions.container = "other"
    builder.assign(handle, source)


def constant_variable(builder: ModelBuilder, source: int, output: int) -> None:
    constant = builder.constant(np.ones((1, 4), np.int8), [0.1], name="weights")
    builder.graph.tensors[constant].isVariable = True
    builder.operator("ADD", [source, constant], builder.tensor((1, 4), 0.1, 0), "AddOptions")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (never_assigned, "nothing assigns the variable 'memory'"),
        (no_handle, "its variable comes from no VAR_HANDLE"),
        (called_late, "comes after variables were read or assigned"),
        (called_nowhere, "calls the subgraph 7"),
        (computed_initially, "calls a subgraph that computes initial values"),
        (other_initialization, "calls a subgraph with RELU in it"),
        (other_size, "assigns int8 [1, 4] to the variable 'memory', which is int8 [1, 5]"),
        (other_type, "tensor 'read' is uint8"),
        (read_too_large, "changes [1, 4] into [1, 8]"),
        (assigned_early, "reads 'y' before anything computes it"),
        (constant_variable, "'weights' is a constant and a variable at once"),
        (in_two_containers, "there are two variables 'memory', in several containers"),
    ],
)
def test_bad_variables(body: Body, reason: str) -> None:
    assert reason in refusal(model(body)).message


def svdf(
    rank: int = 2,
    state: tuple[int, ...] = (1, 12),
    state_type: str = "int16",
    state_zero_point: int = 0,
    bias: tuple[int, float] = (2, 0.0),
    variable: bool = True,
    shared: bool = False,
) -> bytes:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 3), 0.1, 0, "x"), builder.tensor((1, 2), 0.1, 0, "cell")
    features = builder.constant(np.ones((4, 3), np.int8), [0.01])
    times = builder.constant(np.ones((4, 3), np.int16), [2.0**-20])
    biases = builder.constant(np.zeros(bias[0], np.int32), [bias[1]])
    make = builder.variable if variable else builder.tensor
    memory = make(state, 2**-10, state_zero_point, "memory", state_type)
    operands = [source, features, times, biases, memory]
    builder.operator("SVDF", operands, output, "SVDFOptions", rank=rank)
    if shared:
        builder.operator("SVDF", operands, builder.tensor((1, 2), 0.1, 0, "cell2"), "SVDFOptions", rank=rank)
    return builder.build([source], [output])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"rank": 3}, "has rank 3 for 4 filters"),
        ({"rank": 0}, "has rank 0 for 4 filters"),
        ({"rank": 1, "bias": (4, 0.0)}, "its output has the shape [1, 2]; its inputs give [1, 4]"),
        ({"state": (1, 13)}, "its state has the shape [1, 13]"),
        ({"state_type": "int8"}, "is int8"),
        ({"state_type": "int32"}, "is int32"),
        ({"state_zero_point": 5}, "its state has the zero point 5, not 0"),
        ({"bias": (3, 0.0)}, "has 3 biases for 2 units"),
        ({"bias": (2, 0.5)}, "its biases have another scale"),
        ({"variable": False}, "'memory' is not a variable tensor"),
        ({"shared": True}, "writes 'memory' a second time"),
    ],
)
def test_bad_svdf(changed: dict[str, object], reason: str) -> None:
    assert reason in refusal(svdf(**changed)).message  # type: ignore[arg-type]
