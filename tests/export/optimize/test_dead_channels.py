"""Channels that are constant or unread go, with the weights that make and read them, and no byte changes."""

import numpy as np
import pytest

from export.graph import Graph
from export.optimize.rewrite import macs, saving, weight_bytes

from .networks import Network, kinds, mobilenet, optimized

PASS = "dead_channels"
DEAD = np.array([False, True, True, False, True, False])


class Exact(Network):
    """Filters are dead where the test says, and biases as it says."""

    def filters(
        self, source: int, dead: np.ndarray, bias: int, window: int = 1, padding: str = "SAME", relu6: bool = False
    ) -> int:
        output = self.convolution(source, dead.size, window, 1, padding, dead=0)
        operator = self.builder.graph.operators[-1]
        operator.builtinOptions.fusedActivationFunction = 3 if relu6 else 0
        weights = self.random.integers(-127, 128, (dead.size, window, window, self.shapes[source][3])).astype(np.int8)
        weights[dead] = 0
        constants = [self.builder.constant(weights, [0.01]), self.builder.constant(np.full(dead.size, bias, np.int32), [1.0])]
        operator.inputs = [source, *constants]
        return output


def channels(graph: Graph) -> list[tuple[int, int]]:
    """Input and output channels of every operator."""
    return [(graph.input_of(o, 0).shape[-1], graph.output_of(o).shape[-1]) for o in graph.operators]


def total(graph: Graph) -> tuple[int, int]:
    operators = graph.operators
    return sum(macs(graph, o) for o in operators), sum(weight_bytes(graph, o) for o in operators)


@pytest.mark.parametrize("seed", range(40))
def test_mobilenets(seed: int) -> None:
    """Whatever is dead in whatever place."""
    case = mobilenet(seed)
    before, _ = optimized(case, "no_ops")
    after, decisions = optimized(case, PASS)
    assert sum(d.chosen != "kept" for d in decisions) or total(before) == total(after)


def test_a_separable_block_shrinks_on_both_sides() -> None:
    """Relu6 makes the zero point of dead filters: with SAME padding their channels go through the depthwise layer into the biases."""
    net = Exact(0)
    source = net.tensor((1, 6, 6, 2))
    x = net.filters(source, DEAD, -4000, relu6=True)
    net.builder.graph.tensors[x].quantization.zeroPoint = [-128]
    y = net.filters(net.depthwise(x), np.zeros(5, bool), 0)
    result, decisions = optimized(net.case([source], [y]), PASS)
    left = channels(result)[0][1]
    assert channels(result) == [(2, left), (left, left), (left, 5)] and left <= 3
    assert all(index >= len(net.builder.graph.tensors) for o in result.operators[:-1] for index in o.outputs)
    assert [(d.considered, d.chosen, d.saved) for d in decisions] == [
        ("2 to 6 channels", f"2 to {left} channels", saving(36 * 2 * (6 - left), (2 + 4) * (6 - left))),
        ("6 to 6 channels", f"{left} to {left} channels", saving(36 * 9 * (6 - left), (9 + 4) * (6 - left))),
        ("6 to 5 channels", f"{left} to 5 channels", saving(36 * 5 * (6 - left), 5 * (6 - left))),
    ]


def test_constants_move_into_biases_where_nothing_pads() -> None:
    net = Exact(1)
    source = net.tensor((1, 6, 6, 2), zero_point=0)
    x = net.filters(source, DEAD, 4000)
    y = net.filters(x, np.zeros(5, bool), 7, 3, "VALID")
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 3), (3, 5)]
    biases = result.biases_of(result.operators[1], 5)
    assert (biases != 7).all()


@pytest.mark.parametrize("kind", ["MAX_POOL_2D", "AVERAGE_POOL_2D"])
def test_a_pool_clamps_constants_too(kind: str) -> None:
    """The dead filters give -100, below the zero point 0 where RELU6 begins."""
    net = Exact(13)
    source = net.tensor((1, 6, 6, 2), 0.1, 0)
    x = net.filters(source, DEAD, -1)
    quantization = net.builder.graph.tensors[x].quantization
    quantization.scale, quantization.zeroPoint = [1e-5], [0]
    y = net.filters(net.pool(x, kind, activation="RELU6"), np.zeros(5, bool), 7, 1, "VALID")
    net.builder.graph.tensors[y].quantization.scale = [1e-5]
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 3), (3, 3), (3, 5)]


def test_sums_whose_zero_point_could_wrap_are_not_steady() -> None:
    """The largest sums plus the zero point leave 32 bits and come out at the other end, in the reference as here."""
    net = Exact(14)
    # The factor is 1 - 2^-30: close enough to 1 for sums near 2^31 to stay there.
    source, output = net.tensor((1, 1, 1, 1), 1 + 2**-15, 0), net.tensor((1, 1, 1, 2), 1.0, 127)
    weights = net.builder.constant(np.ones((2, 1, 1, 1), np.int8), [1 - 2**-15])
    biases = net.builder.constant(np.full(2, 2**31 - 1 - 130, np.int32), [1.0])
    fields = {"padding": 1, "strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    net.builder.operator("CONV_2D", [source, weights, biases], output, "Conv2DOptions", **fields)
    optimized(net.case([source], [net.filters(output, np.zeros(2, bool), 0)]), PASS)


def test_biases_are_made_where_there_were_none() -> None:
    net = Exact(2)
    source = net.tensor((1, 6, 6, 2), zero_point=0)
    y = net.filters(net.filters(source, DEAD, 4000), np.zeros(5, bool), 0)
    operator = net.builder.graph.operators[-1]
    operator.inputs = operator.inputs[:2]
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 3), (3, 5)] and len(result.operators[1].inputs) == 3


@pytest.mark.parametrize("reader", ["convolution", "depthwise", "pad"])
def test_constants_stay_where_a_border_lacks_them(reader: str) -> None:
    """A constant other than the zero point is not there in the padding."""
    net = Exact(3)
    source = net.tensor((1, 6, 6, 2), zero_point=0)
    x = net.filters(source, DEAD, 4000)
    if reader == "convolution":
        y = net.filters(x, np.zeros(5, bool), 0, 3)
    else:
        y = net.filters(net.depthwise(x) if reader == "depthwise" else net.pad(x, [[0, 0], [1, 1], [0, 0], [0, 0]]), DEAD, 0)
        if reader == "depthwise":
            net.builder.graph.operators[1].inputs[1] = net.builder.constant(np.full((1, 3, 3, 6), 5, np.int8), [0.01])
    result, decisions = optimized(net.case([source], [y]), PASS)
    assert channels(result)[0] == (2, 6)
    kept = next(d for d in decisions if d.chosen == "kept")
    assert kept.considered == "dropping 3 constant channels"
    assert "their constant is not" in kept.reason


def test_residuals_drop_only_what_is_dead_on_both_sides() -> None:
    net = Exact(4)
    source = net.tensor((1, 6, 6, 2), zero_point=0)
    other = np.array([False, True, False, False, True, True])
    y = net.binary("ADD", net.filters(source, DEAD, 900), net.filters(source, other, -900))
    result, decisions = optimized(net.case([source], [net.filters(y, np.zeros(5, bool), 0)]), PASS)
    assert channels(result) == [(2, 4), (2, 4), (4, 4), (4, 5)]
    assert any("(ADD) keeps them" in d.reason for d in decisions)


def test_a_product_with_a_dead_gate_is_dead() -> None:
    net = Exact(5)
    source = net.tensor((1, 6, 6, 2), zero_point=0)
    y = net.binary("MUL", net.filters(source, np.zeros(6, bool), 0), net.filters(source, DEAD, 0))
    result, _ = optimized(net.case([source], [net.filters(y, np.zeros(5, bool), 0)]), PASS)
    assert channels(result) == [(2, 3), (2, 3), (3, 3), (3, 5)]


def test_concatenations_lose_slices_and_constants_of_each_operand() -> None:
    net = Exact(6)
    source = net.tensor((1, 6, 6, 2), zero_point=0)
    joined = net.concatenation(net.filters(source, DEAD, 50), net.filters(source, DEAD[:3], -70))
    y = net.filters(net.pool(net.unary(joined, "LOGISTIC"), "AVERAGE_POOL_2D"), np.zeros(4, bool), 0)
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 3), (2, 1), (3, 4), (4, 4), (4, 4), (4, 4)]


def test_flattened_heads_lose_columns() -> None:
    """Columns of a fully connected layer are ordered by row, column, channel."""
    net = Exact(7)
    source = net.tensor((1, 4, 5, 2), zero_point=0)
    x = net.flatten(net.filters(source, DEAD, 900))
    result, decisions = optimized(net.case([source], [net.fully_connected(x, 4, dead=0)]), PASS)
    assert channels(result) == [(2, 3), (3, 60), (60, 4)]
    # Where there are no biases, four of 32 bits are made.
    made = 0 if len(net.builder.graph.operators[-1].inputs) == 3 else 16
    assert decisions[-1].saved == saving(60 * 4, 60 * 4 - made)


def test_means_enlargements_and_depth_multipliers() -> None:
    net = Exact(8)
    source = net.tensor((1, 4, 5, 2), zero_point=0)
    x = net.filters(source, DEAD, 900)
    wide = net.depthwise(x, 3, 1, "VALID", 2)
    net.builder.graph.operators[-1].inputs[1] = net.builder.constant(np.full((1, 3, 3, 12), 5, np.int8), [0.01])
    y = net.fully_connected(net.mean(net.resize(wide)), 4, dead=0)
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 3), (3, 6), (6, 6), (6, 6), (6, 4)]


def test_channels_that_nobody_reads_go_although_they_vary() -> None:
    net = Exact(9)
    source = net.tensor((1, 4, 5, 2), zero_point=0)
    x = net.filters(source, np.zeros(6, bool), 0)
    y = net.filters(net.unary(x, "LOGISTIC"), np.zeros(4, bool), 0)
    weights = np.full((4, 1, 1, 6), 9, np.int8)
    weights[..., [0, 5]] = 0
    net.builder.graph.operators[-1].inputs[1] = net.builder.constant(weights, [0.01])
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 4), (4, 4), (4, 4)]


def test_something_always_stays() -> None:
    """All filters dead; and a fully connected layer of many scales keeps two, since one scale would be rounded otherwise."""
    net = Exact(10)
    source = net.tensor((1, 4, 5, 2), zero_point=0)
    y = net.filters(net.filters(source, np.ones(6, bool), 0), np.zeros(4, bool), 0)
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(2, 1), (1, 4)]
    net = Exact(11)
    source = net.tensor((1, 8), zero_point=0)
    weights = np.zeros((5, 8), np.int8)
    weights[2] = 50
    x, y = net.tensor((1, 5)), net.tensor((1, 3))
    constants = net.builder.constant(weights, [0.01, 0.02, 0.03, 0.04, 0.05])
    net.builder.operator("FULLY_CONNECTED", [source, constants], x, "FullyConnectedOptions")
    reading = net.builder.constant(np.full((3, 5), 50, np.int8), [0.01, 0.02, 0.03])
    net.builder.operator("FULLY_CONNECTED", [x, reading], y, "FullyConnectedOptions")
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(8, 2), (2, 3)]


def test_the_callers_tensors_and_unknown_operators_stay_whole() -> None:
    net = Exact(12)
    source = net.tensor((1, 4, 5, 2), zero_point=0)
    output = net.filters(source, DEAD, 0)
    grouped = net.tensor((1, 4, 5, 4))
    weights = net.builder.constant(np.zeros((4, 1, 1, 3), np.int8), [0.01])
    operands = [net.filters(source, DEAD, 0), weights]
    net.builder.operator(
        "CONV_2D", operands, grouped, "Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1
    )
    result, decisions = optimized(net.case([source], [output, grouped]), PASS)
    assert kinds(result) == ["CONV_2D"] * 3 and channels(result) == [(2, 6), (2, 6), (6, 4)]
    assert [d.reason for d in decisions] == ["it leaves the model", "block2/tensor (CONV_2D) needs every channel"]


@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"])
def test_filters_that_faded_out_are_constant_whatever_their_weights(kind: str) -> None:
    """A scale of 1e-9 leaves nothing of any sum; a bias that no sum outweighs leaves the limit of the clamp."""
    net = Exact(13)
    source = net.tensor((1, 4, 4, 6), 0.05, 3)
    x = {
        "CONV_2D": lambda: net.convolution(source, 6, 3, dead=0),
        "DEPTHWISE_CONV_2D": lambda: net.depthwise(source, 3),
        "FULLY_CONNECTED": lambda: net.fully_connected(source, 6, dead=0),
    }[kind]()
    tensors, operator = net.builder.graph.tensors, net.builder.graph.operators[0]
    shape, axis = tuple(tensors[operator.inputs[1]].shape), 3 if kind == "DEPTHWISE_CONV_2D" else 0
    scales = [0.01, 1e-9, 0.01, 0.02, 1e-9, 0.01]
    weights = net.builder.constant(net.random.integers(-127, 128, shape).astype(np.int8), scales, axis=axis)
    biases = net.builder.constant(np.array([0, 5, 0, -(10**7), -5, 0], np.int32), [scale * 0.05 for scale in scales])
    operator.inputs = [source, weights, biases]
    operator.builtinOptions.fusedActivationFunction = 3
    y = net.fully_connected(x, 4, dead=0)
    # A depthwise layer drops its input's channels with its own, if they are not the caller's.
    result, decisions = optimized(net.case([source], [y]), PASS)
    dropped = 0 if kind == "DEPTHWISE_CONV_2D" else 3
    assert channels(result)[0] == (6, 6 - dropped)
    assert any(d.reason.startswith("the others are constant") for d in decisions) == bool(dropped)


def test_sums_that_leave_32_bits_are_not_taken_for_constant() -> None:
    """Shifted left by 30, both extremes wrap to zero, and what lies between them does not."""
    net = Exact(14)
    source = net.tensor((1, 4), 2.0**14, 0)
    weights = np.ones((3, 4), np.int8)
    x, y = net.tensor((1, 3), 1.0, 0), net.tensor((1, 2))
    net.builder.operator("FULLY_CONNECTED", [source, net.builder.constant(weights, [2.0**15])], x, "FullyConnectedOptions")
    net.builder.operator("FULLY_CONNECTED", [x, net.builder.constant(weights[:2, :3], [0.01])], y, "FullyConnectedOptions")
    result, _ = optimized(net.case([source], [y]), PASS)
    assert channels(result) == [(4, 3), (3, 2)]
