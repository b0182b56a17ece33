"""Functions of one value, however they were exported, cost one look-up; what others need is still computed."""

import numpy as np

from .networks import Network, kinds, optimized

SHAPE = (1, 3, 5, 4)


def hard_swish(net: Network, x: int) -> int:
    """x * relu6(x + 3) / 6, as converters write it."""
    return net.binary("MUL", net.binary("MUL", x, net.binary("ADD", x, net.single(60), "RELU6")), net.single(3))


def test_hard_swish_and_hard_sigmoid_become_tables() -> None:
    net = Network(0)
    source = net.tensor(SHAPE)
    sigmoid = net.binary("MUL", net.unary(net.binary("ADD", source, net.single(60)), "RELU6"), net.single(3))
    result, decisions = optimized(net.case([source], [hard_swish(net, source), sigmoid]), "tables")
    assert kinds(result) == ["LOOKUP", "LOOKUP"]
    assert [(d.considered, d.saved) for d in decisions] == [
        ("ADD, RELU6, MUL", "2 kernel calls, 120 bytes of buffers"),
        ("ADD, MUL, MUL", "2 kernel calls, 120 bytes of buffers"),
    ]


def test_a_table_starts_at_the_nearest_tensor_that_exists_anyway() -> None:
    """The middle of the chain has another reader: two tables of one call each, where there were four calls."""
    net = Network(1)
    source = net.tensor(SHAPE)
    middle = net.unary(net.binary("ADD", source, net.single(9)), "LOGISTIC")
    end = net.binary("MUL", net.unary(middle, "RELU6"), middle)
    result, decisions = optimized(net.case([source], [net.convolution(middle, 2), end]), "tables")
    assert sorted(kinds(result)) == ["CONV_2D", "LOOKUP", "LOOKUP"] and len(decisions) == 2
    assert [o.inputs[0] for o in result.operators if o.kind == "LOOKUP"] == [source, middle]


def test_a_needed_tensor_inside_a_run_is_still_computed() -> None:
    """The product is a function of the source although one factor, itself a function of it, is an output."""
    net = Network(2)
    source = net.tensor(SHAPE)
    factor = net.unary(source, "LOGISTIC")
    product = net.binary("MUL", net.unary(source, "RELU"), factor)
    result, decisions = optimized(net.case([source], [factor, product]), "tables")
    assert sorted(kinds(result)) == ["LOGISTIC", "LOOKUP"]
    assert [d.saved for d in decisions] == ["1 kernel call, 60 bytes of buffers"]


def test_one_operand_twice_is_one_value() -> None:
    net = Network(3)
    source = net.tensor(SHAPE)
    result, decisions = optimized(net.case([source], [net.binary("MUL", source, source)]), "tables")
    assert kinds(result) == ["LOOKUP"] and decisions[0].saved == "arithmetic on every element"


def test_what_is_no_function_of_one_value_stays() -> None:
    """Two inputs, a constant per channel, a mean of the neighbours, another shape, a single table that is one already."""
    net = Network(4)
    first, second = net.tensor(SHAPE), net.tensor(SHAPE)
    channels = net.builder.constant(np.arange(4, dtype=np.int8), [0.1])
    small = net.tensor((1, 1, 1, 4))
    broadcast = net.tensor(SHAPE)
    net.builder.operator("MUL", [first, small], broadcast, "MulOptions")
    outputs = [
        net.binary("ADD", first, second),
        net.binary("MUL", first, channels),
        net.binary("MUL", net.pool(first, "AVERAGE_POOL_2D", 2, 1, "SAME"), first),
        net.unary(first, "LOGISTIC"),
        broadcast,
    ]
    result, decisions = optimized(net.case([first, second, small], outputs), "tables")
    assert not decisions and "LOOKUP" not in kinds(result)


def test_functions_of_a_sum_start_at_the_sum() -> None:
    net = Network(5)
    first, second = net.tensor(SHAPE), net.tensor(SHAPE)
    result, decisions = optimized(net.case([first, second], [hard_swish(net, net.binary("ADD", first, second))]), "tables")
    assert kinds(result) == ["ADD", "LOOKUP"] and len(decisions) == 1


def test_a_run_that_nobody_reads_keeps_what_it_starts_from() -> None:
    """With no_ops left out, the unread operator stays; what it reads must stay too."""
    net = Network(7)
    source = net.tensor(SHAPE)
    middle = net.unary(source, "RELU")
    net.unary(middle, "ABS")
    result, _ = optimized(net.case([source], [net.unary(middle, "HARD_SWISH")]), "tables")
    assert kinds(result) == ["LOOKUP", "LOOKUP"]
