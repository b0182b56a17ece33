"""Functions of one value, compiled into 256-entry tables: LOGISTIC, RELU …, and QUANTIZE and DEQUANTIZE between types."""

from __future__ import annotations

import numpy as np

from ..coverage import COVERAGE
from ..curves import EXP_ERROR, elu_curve, elu_steps, hard_swish_factors, leaky_relu_factors, rsqrt_factor
from ..fixed_point import INT8_MIN, quantize_multiplier
from ..graph import Graph, LeakyReluOptions, Operator, Tensor
from ..requantization import relu_1_factor, stored_values
from . import rules


def rescaling(graph: Graph, operator: Operator) -> None:
    """RELU and ABS."""
    source, output = _operands(graph, operator)
    rules.factor(operator, float(source.scale) / float(output.scale))


def relu_1(graph: Graph, operator: Operator) -> None:
    """RELU_N1_TO_1 and RELU_0_TO_1."""
    source, output = _operands(graph, operator)
    rules.fused_activation(operator, "RELU_N1_TO_1", output)
    rules.factor(operator, relu_1_factor(source, output))


def quantize(graph: Graph, operator: Operator) -> None:
    """Between 8-bit types, or from a model's float32 input."""
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(output, operator, COVERAGE["QUANTIZE"].writes)
    rules.same_elements(operator, source.shape, output)
    if source.dtype == "float32":
        rules.movable(source, operator, ("float32",))
        return
    rules.activation(source, operator, COVERAGE["QUANTIZE"].reads)
    rules.require("int8" in (source.dtype, output.dtype), operator, f"turns {source.dtype} into {output.dtype}")
    rules.factor(operator, float(source.scale) / float(output.scale))


def dequantize(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator, COVERAGE["DEQUANTIZE"].reads)
    rules.movable(output, operator, COVERAGE["DEQUANTIZE"].writes)
    rules.same_elements(operator, source.shape, output)


def cast(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, COVERAGE["CAST"].reads)
    rules.movable(output, operator, COVERAGE["CAST"].writes)
    rules.same_elements(operator, source.shape, output)


def relu6(graph: Graph, operator: Operator) -> None:
    source, _ = _operands(graph, operator)
    rules.fused_activation(operator, "RELU6", source)


def logistic(graph: Graph, operator: Operator) -> None:
    source, output = _operands(graph, operator)
    rules.require(
        output.zero_point == -128 and float(output.scale) == 1 / 256,
        operator,
        "its output is not quantized to 1/256 with zero point -128",
    )
    _fits_27_fractional_bits(source, operator)


def tanh(graph: Graph, operator: Operator) -> None:
    """The reference writes steps of 1/128 around 0, whatever the output's quantization."""
    source, _ = _operands(graph, operator)
    _fits_27_fractional_bits(source, operator)


def _fits_27_fractional_bits(source: Tensor, operator: Operator) -> None:
    # The reference moves inputs there by a left shift.
    rules.require(2.0**-28 < source.scale < 8, operator, f"its input scale {source.scale:g} is out of range")


def hard_swish(graph: Graph, operator: Operator) -> None:
    source, output = _operands(graph, operator)
    to_output, to_gate = hard_swish_factors(source, output)
    rules.factor(operator, to_gate)
    rules.require(
        np.isfinite(to_output) and quantize_multiplier(to_output)[1] <= 0,
        operator,
        "its output scale is too small for its inputs",
    )


def leaky_relu(graph: Graph, operator: Operator) -> None:
    source, output = _operands(graph, operator)
    options = operator.options
    assert isinstance(options, LeakyReluOptions)
    for factor in leaky_relu_factors(source, output, options.alpha):
        rules.factor(operator, factor)


def elu(graph: Graph, operator: Operator) -> None:
    source, output = _operands(graph, operator)
    centered = stored_values(source) - source.zero_point
    steps = np.abs(elu_steps(centered, source, output))
    rules.require(steps.max() < 2**30, operator, "its output scale is too small for its inputs")
    # The reference calls the C library's exp, whose last bit is its own affair.
    rules.require(
        np.array_equal(elu_curve(centered, source, output, -EXP_ERROR), elu_curve(centered, source, output, EXP_ERROR)),
        operator,
        "its table would depend on the last bit of the C library's exp",
        "Calibrate the model again with other samples, so that its scales change a little.",
    )


def rsqrt(graph: Graph, operator: Operator) -> None:
    source, output = _operands(graph, operator)
    rules.require(
        source.zero_point == INT8_MIN,
        operator,
        f"its input has the zero point {source.zero_point} and can be negative",
        "The reference kernel stops at negative values; add a small constant before this layer, or calibrate with more samples.",
    )
    factor = rsqrt_factor(source, output)
    rules.factor(operator, factor)
    # The reference takes 20 bits off the factor's shift, which then must not exceed 31 to the right.
    rules.require(factor >= 2.0**-12, operator, f"its requantization factor {factor:g} is out of range")


def _operands(graph: Graph, operator: Operator) -> tuple[Tensor, Tensor]:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_elements(operator, source.shape, output)
    return source, output
