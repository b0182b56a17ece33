"""Look-ups behind an enlargement happen before it, on fewer values."""

from .networks import Network, kinds, optimized


def test_a_table_moves_before_the_resize_and_meets_its_neighbours() -> None:
    """As in a condenser: pooled, enlarged, squashed. Then two tables are neighbours and become one."""
    net = Network(0)
    source = net.tensor((1, 4, 6, 3))
    x = net.unary(net.pool(source, "MAX_POOL_2D"), "RELU6")
    result, decisions = optimized(net.case([source], [net.unary(net.resize(x), "LOGISTIC")]))
    assert kinds(result) == ["MAX_POOL_2D", "LOOKUP", "RESIZE_NEAREST_NEIGHBOR"]
    (moved,) = (d for d in decisions if d.chosen == "before the resize")
    assert moved.saved == f"{72 - 18} of 72 look-ups"


def test_the_tensor_that_is_made_is_none_of_the_files() -> None:
    net = Network(1)
    source = net.tensor((1, 4, 6, 3))
    case = net.case([source], [net.unary(net.resize(net.pool(source, "MAX_POOL_2D")), "LOGISTIC")])
    result, _ = optimized(case, "hoist_tables")
    assert kinds(result) == ["MAX_POOL_2D", "LOOKUP", "RESIZE_NEAREST_NEIGHBOR"]
    assert result.operators[1].outputs[0] >= len(net.builder.graph.tensors)


def test_it_stays_where_it_would_save_nothing() -> None:
    """The enlarged tensor has another reader, or is an output."""
    net = Network(2)
    source = net.tensor((1, 4, 6, 3))
    large, other = net.resize(source), net.resize(net.pool(source, "MAX_POOL_2D"))
    outputs = [net.unary(large, "LOGISTIC"), net.convolution(large, 2), net.unary(other, "LOGISTIC"), other]
    result, decisions = optimized(net.case([source], outputs), "hoist_tables")
    assert "LOOKUP" not in kinds(result) and not decisions
