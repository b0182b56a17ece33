"""A PAD that a window can do by itself costs nothing."""

import pytest

from export.graph import ConvolutionOptions

from .networks import Network, kinds, optimized

BORDER = [[0, 0], [1, 2], [0, 3], [0, 0]]


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kind", ["CONV_2D", "DEPTHWISE_CONV_2D"])
def test_convolutions_take_the_padding_over(kind: str, stride: int, padding: str) -> None:
    net = Network(stride)
    source = net.tensor((1, 5, 6, 3), 0.1, 7)
    x = net.pad(source, BORDER)
    y = net.convolution(x, 4, 3, stride, padding) if kind == "CONV_2D" else net.depthwise(x, 3, stride, padding)
    result, decisions = optimized(net.case([source], [y]), "pads")
    assert kinds(result) == [kind]
    assert [(d.considered, d.saved) for d in decisions] == [("PAD", f"1 kernel call, {8 * 9 * 3} bytes of buffers")]


def test_explicit_padding_is_what_the_plan_says() -> None:
    net = Network(0)
    source = net.tensor((1, 5, 6, 3), 0.1, 7)
    result, _ = optimized(net.case([source], [net.convolution(net.pad(source, BORDER), 4, 3, 1, "SAME")]), "pads")
    options = result.operators[0].options
    assert isinstance(options, ConvolutionOptions) and options.padding == ((2, 3), (1, 4))


def test_pads_in_a_row_and_before_several_readers() -> None:
    net = Network(1)
    source = net.tensor((1, 5, 6, 3), 0.1, 7)
    x = net.pad(net.pad(source, BORDER), BORDER, 7)
    result, decisions = optimized(net.case([source], [net.convolution(x, 4, 3), net.depthwise(x, 5, 2)]), "pads")
    assert sorted(kinds(result)) == ["CONV_2D", "DEPTHWISE_CONV_2D"] and len(decisions) == 2


def test_max_pool_takes_over_what_is_never_the_largest() -> None:
    net = Network(2)
    source = net.tensor((1, 5, 6, 3), 0.1, -128)
    y = net.pool(net.pad(source, [[0, 0], [1, 1], [0, 1], [0, 0]]), "MAX_POOL_2D", 3, 2, "SAME")
    result, decisions = optimized(net.case([source], [y]), "pads")
    assert kinds(result) == ["MAX_POOL_2D"] and len(decisions) == 1


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("average", "AVERAGE_POOL_2D does not count padding"),
        ("max of zeros", "0 may be the largest value of a window"),
        ("max in padding alone", "-128 may be the largest value of a window"),
        ("channels", "it pads more than rows and columns"),
        ("other value", "5 is not the zero point 7"),
        ("other scale", "it changes the quantization"),
        ("one reader of two", "AVERAGE_POOL_2D does not count padding"),
        ("no window", "RELU6 has no padding"),
    ],
)
def test_other_pads_stay(case: str, reason: str) -> None:
    net = Network(3)
    source = net.tensor((1, 6, 6, 3), 0.1, {"max of zeros": 0, "max in padding alone": -128}.get(case, 7))
    widths = [[0, 0], [2, 2], [0, 0], [0, 1 if case == "channels" else 0]]
    x = net.pad(source, widths, 5 if case == "other value" else None, case == "other scale")
    if case in ("average", "one reader of two"):
        outputs = [net.pool(x, "AVERAGE_POOL_2D")] + ([net.convolution(x, 2, 3)] if case != "average" else [])
    elif case.startswith("max"):
        outputs = [net.pool(x, "MAX_POOL_2D")]
    else:
        outputs = [net.unary(x, "RELU6") if case == "no window" else net.convolution(x, 2, 3)]
    result, decisions = optimized(net.case([source], outputs), "pads")
    assert kinds(result)[0].startswith("PAD")
    assert [(d.chosen, d.reason) for d in decisions] == [("kept", reason)]


def test_a_pad_whose_output_is_kept_as_a_state_stays() -> None:
    net = Network(4)
    source = net.tensor((1, 4, 4, 2), 0.1, 3)
    handle = net.builder.handle("last")
    before = net.tensor((1, 6, 6, 2), 0.1, 3)
    net.builder.operator("READ_VARIABLE", [handle], before, "ReadVariableOptions")
    x = net.pad(source, [[0, 0], [1, 1], [1, 1], [0, 0]])
    net.builder.assign(handle, x)
    result, _ = optimized(net.case([source], [net.convolution(x, 3, 3), net.convolution(before, 3, 3)]), "pads")
    assert "PAD" in kinds(result) and set(result.results) <= {o for operator in result.operators for o in operator.outputs}
