"""Clamps behind operators that clamp are free; those that do more stay."""

import numpy as np
import pytest

from export.graph import ConvolutionOptions
from export.requantization import output_limits

from .networks import Network, kinds, optimized


def producer(net: Network, kind: str, source: int) -> int:
    if kind == "CONV_2D":
        return net.convolution(source, 4, 3, dead=0)
    if kind == "DEPTHWISE_CONV_2D":
        return net.depthwise(source)
    if kind == "FULLY_CONNECTED":
        return net.fully_connected(source, 5, dead=0)
    if kind.endswith("POOL_2D"):
        return net.pool(source, kind)
    return net.binary(kind, source, source)


@pytest.mark.parametrize("follower", ["RELU", "RELU6", "QUANTIZE"])
@pytest.mark.parametrize(
    "kind", ["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MUL", "AVERAGE_POOL_2D", "MAX_POOL_2D"]
)
def test_clamps_merge(kind: str, follower: str) -> None:
    for seed in range(6):
        net = Network(seed)
        source = net.tensor((1, 6, 6, 3), 0.05, 5)
        x = producer(net, kind, source)
        # Another zero point: a saturated shift, which only those that requantize can do.
        shift = 0 if kind.endswith("POOL_2D") or follower == "RELU6" else 3 - seed
        quantization = net.builder.graph.tensors[x].quantization
        quantization.zeroPoint = [5]
        y = net.unary(x, follower, quantization.scale[0], 5 + shift)
        result, decisions = optimized(net.case([source], [y]), "merge_activations")
        assert kinds(result) == [kind]
        assert decisions[0].considered == follower and decisions[0].saved.startswith("1 kernel call, ")


def test_limits_intersect() -> None:
    net = Network(0)
    source = net.tensor((1, 6, 6, 3))
    x = net.convolution(source, 4, 3, dead=0)
    quantization = net.builder.graph.tensors[x].quantization
    quantization.scale, quantization.zeroPoint = [0.1], [-10]
    net.builder.graph.operators[-1].builtinOptions.fusedActivationFunction = 3
    y = net.unary(net.unary(x, "RELU"), "QUANTIZE", 0.1, 20)
    result, decisions = optimized(net.case([source], [y]), "merge_activations")
    (operator,) = result.operators
    assert isinstance(operator.options, ConvolutionOptions)
    assert output_limits(operator.options, result.output_of(operator)) == (20, 80)
    assert [d.considered for d in decisions] == ["RELU", "QUANTIZE"]


@pytest.mark.parametrize(
    "case", ["other scale", "another scale for the same bytes", "read twice", "an output", "a curve", "a pool that shifts"]
)
def test_what_is_more_than_a_clamp_stays(case: str) -> None:
    net = Network(1)
    source = net.tensor((1, 6, 6, 3), 0.05, 4)
    x = net.pool(source, "MAX_POOL_2D") if case == "a pool that shifts" else net.convolution(source, 4, 3, dead=0)
    scale = net.builder.graph.tensors[x].quantization.scale[0]
    if case == "other scale":
        outputs = [net.unary(x, "QUANTIZE", 1.5 * scale, net.zero_point(x))]
    elif case == "another scale for the same bytes":
        # RELU6 clamps only; the convolution would scale its sums to the other tensor.
        outputs = [net.unary(x, "RELU6", 3 * scale, net.zero_point(x))]
    elif case == "a curve":
        outputs = [net.unary(x, "LOGISTIC")]
    elif case == "a pool that shifts":
        outputs = [net.unary(x, "QUANTIZE", scale, net.zero_point(x) + 1)]
    else:
        outputs = [net.unary(x, "RELU"), x if case == "an output" else net.pool(x, "MAX_POOL_2D")]
    result, decisions = optimized(net.case([source], outputs), "merge_activations")
    assert len(result.operators) == len(net.builder.graph.operators)
    # That a curve is no clamp goes without saying.
    assert [d.chosen for d in decisions] == ([] if case == "a curve" else ["kept"])


def test_sums_at_the_limits_of_32_bits_are_not_shifted() -> None:
    """A factor just below 1 leaves sums just below 2^31 where they are: another zero point might wrap."""
    for below_one in (False, True):
        net = Network(2)
        scale = np.nextafter(np.float32(1), np.float32(0)) if below_one else np.float32(1)
        source = net.tensor((1, 1, 1, 1), float(scale), 0)
        weights = net.builder.constant(np.array([[[[1]]]], np.int8), [1.0])
        bias = net.builder.constant(np.array([2**31 - 200], np.int32), [1.0])
        x = net.tensor((1, 1, 1, 1), 1.0, -100)
        fields = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
        net.builder.operator("CONV_2D", [source, weights, bias], x, "Conv2DOptions", **fields)
        result, _ = optimized(net.case([source], [net.unary(x, "QUANTIZE", 1.0, 100)]), "merge_activations")
        assert kinds(result) == (["CONV_2D", "QUANTIZE"] if below_one else ["CONV_2D"])


def test_what_is_kept_as_a_state_is_not_clamped() -> None:
    net = Network(20)
    source = net.tensor((1, 6), 0.1, 3)
    handle = net.builder.handle("sum")
    before = net.tensor((1, 6), 0.1, 3)
    net.builder.operator("READ_VARIABLE", [handle], before, "ReadVariableOptions")
    total = net.binary("ADD", source, before)
    net.builder.assign(handle, total)
    result, _ = optimized(net.case([source], [net.unary(total, "RELU")]), "merge_activations")
    assert kinds(result) == ["RESHAPE", "ADD", "RELU"]
