"""Operators that change nothing cost nothing, whatever they are called, and their removal changes no byte."""

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.check import check
from export.optimize import optimize
from export.read import read_bytes
from export.reference import EXECUTORS

from .networks import Network, kinds, optimized

SHAPE = (1, 4, 4, 2)


def model_with(kind: str) -> Network:
    """A convolution, the operator under test, SOFTMAX; tensor 0 is the input."""
    net = Network(0)
    first = net.convolution(net.tensor(SHAPE), 2, dead=0)
    if kind == "QUANTIZE":
        x = net.unary(first, kind)
    elif kind == "PAD":
        x = net.pad(first, [[0, 0]] * 4)
    elif kind == "CONCATENATION":
        x = net.concatenation(first)
    elif kind == "RESIZE_NEAREST_NEIGHBOR":
        x = net.like(first)
        net.builder.operator(kind, [first, net.builder.constant(np.array([4, 4], np.int32))], x, "ResizeNearestNeighborOptions")
    elif kind == "MUL":
        x = net.like(first)
        net.builder.operator(kind, [first, net.builder.constant(np.array([4], np.int8), [0.25])], x, "MulOptions")
    else:
        x = net.pool(first, kind, 1, 1)
    output = net.tensor(SHAPE, 1 / 256, -128)
    net.builder.operator("SOFTMAX", [x], output, "SoftmaxOptions", beta=1.0)
    return net


@pytest.mark.parametrize(
    "kind", ["QUANTIZE", "PAD", "CONCATENATION", "RESIZE_NEAREST_NEIGHBOR", "MUL", "MAX_POOL_2D", "AVERAGE_POOL_2D"]
)
def test_identities_vanish_and_bytes_stay(kind: str) -> None:
    net = model_with(kind)
    case = net.case([0], [net.builder.graph.operators[-1].outputs[0]])
    result, decisions = optimized(case, "no_ops")
    assert kinds(result) == ["CONV_2D", "SOFTMAX"]
    assert [(d.considered, d.saved) for d in decisions] == [(kind, "1 kernel call, 32 bytes of buffers")]


def test_an_identity_between_the_callers_buffers_is_a_copy() -> None:
    net = Network(1)
    source = net.tensor(SHAPE)
    case = net.case([source], [net.unary(source, "QUANTIZE")])
    result, _ = optimized(case, "no_ops")
    assert kinds(result) == ["RESHAPE"]
    plan = compile_plan(check(read_bytes(case.model, "m", "m")), default_board("cortex-m4"), (), "")
    assert [step.kernel for step in plan.steps] == ["an_copy_blocks"]


def test_what_changes_a_single_byte_stays() -> None:
    """RELU clamps below a zero point above -128; so does a pool with RELU6."""
    net = Network(2)
    source = net.tensor(SHAPE, 0.1, -127)
    case = net.case([source], [net.unary(source, "RELU"), net.pool(source, "MAX_POOL_2D", 1, 1, activation="RELU6")])
    result, decisions = optimized(case, "no_ops")
    assert kinds(result) == ["RELU", "MAX_POOL_2D"] and not decisions


def test_a_relu_that_never_clamps_goes_with_its_quantization() -> None:
    net = Network(3)
    source = net.convolution(net.tensor(SHAPE), 2, dead=0)
    middle = net.unary(source, "RELU6", 0.5, -128)
    quantization = net.builder.graph.tensors[source].quantization
    quantization.scale, quantization.zeroPoint = [0.01], [-128]
    case = net.case([0], [net.convolution(middle, 2)])
    result, _ = optimized(case, "no_ops")
    # RELU6 does not rescale: the next reader sees other real values, so the bytes get a RESHAPE, not another tensor.
    assert kinds(result) == ["CONV_2D", "RESHAPE", "CONV_2D"]


def test_operators_that_nobody_reads_go() -> None:
    net = Network(4)
    source = net.tensor(SHAPE)
    kept = net.convolution(source, 3)
    net.unary(net.convolution(source, 5), "LOGISTIC")
    result, decisions = optimized(net.case([source], [kept]), "no_ops")
    assert kinds(result) == ["CONV_2D"]
    assert [d.considered for d in decisions] == ["CONV_2D", "LOGISTIC"]
    assert {d.reason for d in decisions} == {"nobody reads its output"}


def test_moves_that_keep_the_count_but_not_the_order_stay() -> None:
    """Two rows of eight become four of four, with more channels than a byte has values."""
    net = Network(5)
    source = net.tensor((1, 2, 8, 300))
    turned = net.like(source, (1, 4, 4, 300))
    size = net.builder.constant(np.array([4, 4], np.int32))
    net.builder.operator("RESIZE_NEAREST_NEIGHBOR", [source, size], turned, "ResizeNearestNeighborOptions")
    result, decisions = optimized(net.case([source], [turned]))
    assert kinds(result) == ["RESIZE_NEAREST_NEIGHBOR"] and not decisions


def test_moves_by_multiples_of_256_are_seen() -> None:
    """Two rows of 256 change places: every position keeps its lowest byte."""
    net = Network(7)
    source = net.tensor((2, 256))
    turned = net.like(source)
    net.builder.operator("REVERSE_V2", [source, net.builder.constant(np.array([0], np.int32))], turned, "ReverseV2Options")
    result, _ = optimized(net.case([source], [turned]), "no_ops")
    assert kinds(result) == ["REVERSE_V2"]


@pytest.mark.parametrize(("order", "identity"), [((0, 2, 1, 3), True), ((0, 1, 3, 2), False)])
def test_operators_are_known_by_what_they_do_to_bytes(
    order: tuple[int, ...], identity: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A TRANSPOSE that only moves axes of size 1, by way of whatever executor there is."""
    net = Network(6)
    source = net.tensor((1, 1, 8, 300))
    turned = net.like(source, tuple(net.shapes[source][axis] for axis in order))
    net.builder.operator("TRANSPOSE", [source, net.builder.constant(np.array(order, np.int32))], turned, "TransposeOptions")
    graph = read_bytes(net.case([source], [turned]).model, "m", "m")
    monkeypatch.setitem(EXECUTORS, "TRANSPOSE", lambda graph, operator, inputs: inputs[0].transpose(inputs[1].tolist()))
    assert kinds(optimize(graph)[0]) == ["RESHAPE" if identity else "TRANSPOSE"]
    monkeypatch.delitem(EXECUTORS, "TRANSPOSE")
    assert kinds(optimize(graph)[0]) == ["TRANSPOSE"]
