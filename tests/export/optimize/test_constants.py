"""What depends on constants only is computed once, at build time."""

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.check import check
from export.optimize import optimize
from export.read import read_bytes
from export.reference import EXECUTORS

from .networks import Network, kinds, optimized


def constant(net: Network, shape: tuple[int, ...]) -> int:
    index = net.builder.constant(net.random.integers(-128, 128, shape).astype(np.int8), [0.05], 3)
    net.shapes[index] = shape
    return index


def test_chains_of_constants_vanish() -> None:
    net = Network(0)
    source = net.tensor((1, 6, 6, 4))
    offsets = net.binary("MUL", net.pool(constant(net, (1, 6, 6, 4)), "AVERAGE_POOL_2D", 1, 1), constant(net, (1, 1, 1, 4)))
    result, decisions = optimized(net.case([source], [net.binary("ADD", source, offsets)]), "constants")
    assert kinds(result) == ["ADD"]
    assert [(d.considered, d.chosen, d.saved) for d in decisions] == [
        ("AVERAGE_POOL_2D", "computed at build time", "1 kernel call"),
        ("MUL", "computed at build time", "1 kernel call"),
    ]


def test_the_multiplications_that_are_saved_are_counted() -> None:
    net = Network(1)
    source = net.tensor((1, 4, 4, 3))
    offsets = net.convolution(constant(net, (1, 4, 4, 2)), 3)
    _, decisions = optimized(net.case([source], [net.binary("ADD", source, offsets)]), "constants")
    assert [d.saved for d in decisions] == [f"{4 * 4 * 2 * 3} MACs, 1 kernel call"]


def test_a_constant_output_is_copied_to_the_caller() -> None:
    net = Network(2)
    source = net.tensor((1, 4))
    output = net.binary("ADD", constant(net, (1, 4)), constant(net, (1, 4)))
    case = net.case([source], [output, net.unary(source, "LOGISTIC")])
    result, decisions = optimized(case)
    assert kinds(result) == ["RESHAPE", "LOGISTIC"] and len(decisions) == 1
    plan = compile_plan(check(read_bytes(case.model, "m", "m")), default_board("cortex-m4"), (), "")
    assert [step.kernel for step in plan.steps] == ["an_copy_blocks", "an_lookup"]


def test_what_reads_an_input_stays() -> None:
    net = Network(3)
    source = net.tensor((1, 4))
    result, decisions = optimized(net.case([source], [net.binary("ADD", source, constant(net, (1, 4)))]), "constants")
    assert kinds(result) == ["ADD"] and not decisions


@pytest.mark.parametrize(("dtype", "expected"), [(np.int8, ["ADD", "ADD"]), (np.int64, ["SPLIT", "ADD", "ADD"])])
def test_several_outputs_and_other_types(dtype: type, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator whose executor returns a tuple; a result of another type than its tensor's is not trusted."""
    net = Network(4)
    source = net.tensor((1, 4))
    whole, halves = constant(net, (1, 8)), [net.tensor((1, 4)) for _ in range(2)]
    axis = net.builder.constant(np.array([1], np.int32))
    net.builder.operator("SPLIT", [axis, whole], halves[0], "SplitOptions", numSplits=2)
    net.builder.graph.operators[-1].outputs = halves
    total = net.binary("ADD", net.binary("ADD", source, halves[0]), halves[1])
    graph = read_bytes(net.case([source], [total]).model, "m", "m")
    monkeypatch.setitem(EXECUTORS, "SPLIT", lambda graph, operator, inputs: tuple(np.split(inputs[1].astype(dtype), 2, axis=1)))
    result, _ = optimize(graph, ["tables"])
    assert kinds(result) == expected
    if dtype is np.int8:
        found = [result.tensors[index].data for index in halves]
        np.testing.assert_array_equal(np.concatenate(found, axis=1), graph.tensors[whole].data)
