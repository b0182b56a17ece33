"""From the scales of an operator's tensors to integer multipliers, exactly as TensorFlow Lite Micro prepares them.

The reference executor and the lowering both take their numbers from here, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .curves import absolute_curve, elu_curve, hard_swish_curve, leaky_relu_curve, logistic_curve, rsqrt_curve, tanh_curve
from .fixed_point import (
    INT8_MAX,
    INT8_MIN,
    activation_range,
    exp_on_negative_values,
    input_radius,
    quantize_multiplier,
    quantize_value,
    requantize,
    saturating_rounding_doubling_high_mul,
)
from .graph import Clamped, Graph, LeakyReluOptions, Operator, Options, Tensor, item_type


def output_limits(options: Clamped, output: Tensor) -> tuple[int, int]:
    """The int8 clamp of an operator's output: explicit limits, or those of its fused activation."""
    return options.limits or activation_range(options.activation, output.scale, output.zero_point)


LARGEST_FLOAT = np.finfo(np.float32).max
# The clamp of a fused activation on floats. Without one, too, infinity becomes the largest number.
FLOAT_LIMITS: dict[str, tuple[np.float32, np.float32]] = {
    "NONE": (-LARGEST_FLOAT, LARGEST_FLOAT),
    "RELU": (np.float32(0), LARGEST_FLOAT),
    "RELU6": (np.float32(0), np.float32(6)),
    "RELU_N1_TO_1": (np.float32(-1), np.float32(1)),
}


@dataclass(frozen=True, eq=False)
class Channels:
    """Per output channel: int64 arrays [channels] of multipliers and shifts."""

    multiplier: np.ndarray
    shift: np.ndarray


Factors = Callable[[Tensor, Tensor, Tensor, int], Channels]
"""Source, weights, output and number of channels → their requantization."""


def convolution_channels(source: Tensor, weights: Tensor, output: Tensor, channels: int) -> Channels:
    """CONV_2D and DEPTHWISE_CONV_2D: input scale times weight scale over output scale, in double precision, per channel."""
    assert weights.quantization is not None
    scales = np.broadcast_to(weights.quantization.scale, (channels,))
    factors = [float(source.scale) * float(scale) / float(output.scale) for scale in scales]
    return _channels(factors)


def fully_connected_channels(source: Tensor, weights: Tensor, output: Tensor, channels: int) -> Channels:
    """FULLY_CONNECTED: as a convolution per channel, but with a single scale the product is formed in float32."""
    assert weights.quantization is not None
    if weights.quantization.scale.size > 1:
        return convolution_channels(source, weights, output, channels)
    factor = float(source.scale * weights.scale) / float(output.scale)
    return _channels([factor] * channels)


def _channels(factors: list[float]) -> Channels:
    pairs = np.array([quantize_multiplier(factor) for factor in factors], np.int64)
    return Channels(pairs[:, 0], pairs[:, 1])


@dataclass(frozen=True)
class CommonScale:
    """ADD, SUB, SQUARED_DIFFERENCE: operands are scaled to ``left_shift`` bits below twice the larger scale, combined, scaled back."""

    left_shift: int
    first: tuple[int, int]
    second: tuple[int, int]
    output: tuple[int, int]


def common_scale(graph: Graph, operator: Operator) -> CommonScale:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    if operator.kind == "SUB":
        return CommonScale(20, *map(quantize_multiplier, subtraction_factors(first, second, output)))
    left_shift, power = (7, 2) if operator.kind == "SQUARED_DIFFERENCE" else (20, 1)
    twice = 2.0 * float(max(first.scale, second.scale))
    return CommonScale(
        left_shift,
        quantize_multiplier(float(first.scale) / twice),
        quantize_multiplier(float(second.scale) / twice),
        quantize_multiplier(twice**power / ((1 << left_shift * power) * float(output.scale))),
    )


def subtraction_factors(first: Tensor, second: Tensor, output: Tensor) -> tuple[float, float, float]:
    """SUB: the real factors of both operands and the output. As ADD's, but in single precision."""
    with np.errstate(over="ignore"):
        twice = np.float32(2) * max(first.scale, second.scale)
        return (
            float(first.scale / twice),
            float(second.scale / twice),
            float(twice / (np.float32(1 << 20) * output.scale)),
        )


def multiplication(first: Tensor, second: Tensor, output: Tensor) -> tuple[int, int]:
    return quantize_multiplier(float(first.scale) * float(second.scale) / float(output.scale))


# Comparisons take place in steps of 2 to the minus this.
COMPARISON_SHIFT = 8


def comparison_factor(tensor: Tensor) -> tuple[int, int]:
    """EQUAL, GREATER …: from steps of an operand's scale to real units."""
    return quantize_multiplier(float(tensor.scale))


def matrix_product(first: Tensor, second: Tensor, output: Tensor) -> tuple[int, int]:
    """BATCH_MATMUL: as FULLY_CONNECTED with a single scale, the product of the scales is formed in float32."""
    return quantize_multiplier(float(first.scale * second.scale) / float(output.scale))


def prelu_factors(source: Tensor, alpha: Tensor, output: Tensor) -> tuple[tuple[int, int], tuple[int, int]]:
    """PRELU: the factor of values that are not negative, and of negative values times alpha."""
    return quantize_multiplier(float(source.scale) / float(output.scale)), multiplication(source, alpha, output)


def total(kind: str, source: Tensor, output: Tensor, count: int) -> tuple[int, int]:
    """MEAN and SUM: the requantization of a sum of ``count`` values; MEAN folds 1 / count into the multiplier."""
    multiplier, shift = quantize_multiplier(float(source.scale) / float(output.scale))
    if kind == "SUM":
        return multiplier, shift
    extra = min(count.bit_length() - 1, 32, 31 + shift)
    return (multiplier << extra) // count, shift - extra


# CUMSUM and ADD_N: sums are formed with this many fractional bits.
CUMSUM_SHIFT = 19


def cumsum_factor(source: Tensor, output: Tensor) -> float:
    """CUMSUM and ADD_N: from sums with fractional bits to steps of the output's scale."""
    return 2.0 * float(source.scale) / ((1 << CUMSUM_SHIFT + 1) * float(output.scale))


def svdf_factors(source: Tensor, features: Tensor, times: Tensor, state: Tensor, output: Tensor) -> tuple[float, float]:
    """SVDF: from feature sums to the state, and from time sums to the output; formed in single precision."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        first = source.scale * features.scale / state.scale
        second = state.scale * times.scale / output.scale
    return float(first), float(second)


CURVES: dict[str, Callable[[np.ndarray, Tensor, Tensor], np.ndarray]] = {
    "HARD_SWISH": hard_swish_curve,
    "ELU": elu_curve,
    "ABS": absolute_curve,
    "RSQRT": rsqrt_curve,
}


def unary_table(kind: str, source: Tensor, output: Tensor, options: Options = None) -> np.ndarray:
    """The int8 [256] table of an operator between 8-bit types; entry i is the output byte for the input byte i - 128."""
    values = stored_values(source)
    centered = values - source.zero_point
    if kind == "LOGISTIC":
        result = logistic_curve(centered, source)
    elif kind == "TANH":
        result = tanh_curve(centered, source)
    elif isinstance(options, LeakyReluOptions):
        result = leaky_relu_curve(centered, source, output, options.alpha)
    elif kind in CURVES:
        result = CURVES[kind](centered, source, output)
    elif kind == "RELU6":
        # The reference kernel clamps in the input's quantization and does not rescale.
        result = np.clip(
            values, source.zero_point, np.clip(quantize_value(6.0, source.scale, source.zero_point), INT8_MIN, INT8_MAX)
        )
    elif kind == "QUANTIZE":
        limits = np.iinfo(item_type(output.dtype))
        factor = quantize_multiplier(float(source.scale) / float(output.scale))
        result = requantize(centered, *factor, output.zero_point, int(limits.min), int(limits.max))
    else:
        minimum, maximum = activation_range(kind, output.scale, output.zero_point)
        factor = quantize_multiplier(
            float(source.scale) / float(output.scale) if kind == "RELU" else relu_1_factor(source, output)
        )
        result = requantize(centered, *factor, output.zero_point, minimum, maximum)
    return result.astype(np.int8)


def relu_1_factor(source: Tensor, output: Tensor) -> float:
    """RELU_N1_TO_1 and RELU_0_TO_1, which TensorFlow Lite Micro lacks: TensorFlow Lite divides in single precision."""
    with np.errstate(over="ignore", under="ignore"):
        return float(source.scale / output.scale)


def stored_values(tensor: Tensor) -> np.ndarray:
    """What the bytes -128 to 127 stand for in an 8-bit tensor before scaling: int64 [256]."""
    return np.arange(INT8_MIN, INT8_MAX + 1).astype(np.int8).view(item_type(tensor.dtype)).astype(np.int64)


def dequantization_table(source: Tensor) -> np.ndarray:
    """DEQUANTIZE: float32 [256]; entry i is the real value of the byte i - 128. The product is formed in double precision."""
    return (np.float64(source.scale) * (stored_values(source) - source.zero_point)).astype(np.float32)


def cast_table(source: Tensor, output: Tensor) -> np.ndarray:
    """CAST of bytes: [256] of the output's type; entry i is what the byte i - 128 stands for, whatever the scale."""
    values = np.arange(INT8_MIN, INT8_MAX + 1).astype(np.int8)
    return (values.view(np.bool_) if source.dtype == "bool" else values).astype(item_type(output.dtype))


def quantize_floats(values: np.ndarray, output: Tensor) -> np.ndarray:
    """QUANTIZE of float32 values to int8: divided in single precision, rounded half away from zero, saturated.

    What no 32-bit integer holds, and what is not a number, counts as the lowest one, which a negative zero point wraps around: so do the
    processors of PCs, where the interpreters run.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        steps = values / output.scale
        inside = (steps > -(2.0**31)) & (steps < 2.0**31)
    steps = np.clip(np.where(inside, steps, 0), -512, 512).astype(np.float64)
    rounded = np.trunc(steps + np.copysign(0.5, steps)).astype(np.int64)
    outside = INT8_MAX if output.zero_point < 0 else INT8_MIN
    return np.where(inside, np.clip(rounded + output.zero_point, INT8_MIN, INT8_MAX), outside).astype(np.int8)


def softmax_table(source: Tensor, beta: float) -> np.ndarray:
    """exp of -i steps of the input's scale in Q0.31, int64 [n], n <= 256: differences beyond the table contribute nothing."""
    return exp_on_negative_values(softmax_differences(source, beta), 5)


def softmax_differences(source: Tensor, beta: float) -> np.ndarray:
    """-i steps of the input's scale times beta in Q5.26, int64 [n], n <= 256: down to -31."""
    multiplier, shift = _softmax_factor(source, beta)
    differences = -np.arange(min(input_radius(5, shift), 255) + 1, dtype=np.int64)
    return saturating_rounding_doubling_high_mul(differences << shift, multiplier)


def log_softmax_inverse(source: Tensor) -> tuple[int, int]:
    """LOG_SOFTMAX: the factor from Q5.26 back to steps of the input's scale."""
    multiplier, shift = _softmax_factor(source, 1.0)
    return quantize_multiplier((1 << 31 - shift) / multiplier)


def _softmax_factor(source: Tensor, beta: float) -> tuple[int, int]:
    return quantize_multiplier(min(beta * float(source.scale) * (1 << 26), 2.0**31 - 1))


def bilinear_positions(source: int, output: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
    """The input position of every output position of RESIZE_BILINEAR in steps of 1/1024, int64 [output]; in integers, as the reference.

    At ``source`` * 1024 and beyond, which a rounded step can reach, the reference reads outside of the image.
    """
    aligned = align_corners and output > 1
    sizes = (source - 1, output - 1) if aligned else (source, output)
    step = (1024 * sizes[0] + sizes[1] // 2) // sizes[1]
    return np.maximum(np.arange(output) * step + (step // 2 - 512 if half_pixel_centers else 0), 0)


def nearest_indices(source: int, output: int, align_corners: bool, half_pixel_centers: bool) -> np.ndarray:
    """The input position of every output position of RESIZE_NEAREST_NEIGHBOR, int64 [output]; in float32, as the reference."""
    scale = (
        np.float32(source - 1) / np.float32(output - 1)
        if align_corners and output > 1
        else np.float32(source) / np.float32(output)
    )
    positions = (np.arange(output, dtype=np.float32) + np.float32(0.5 if half_pixel_centers else 0.0)) * scale
    # Rounds half away from zero; positions are never negative.
    nearest = np.floor(positions + np.float32(0.5)) if align_corners else np.floor(positions)
    return np.clip(nearest.astype(np.int64), 0, source - 1)
