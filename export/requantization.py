"""From the scales of an operator's tensors to integer multipliers, exactly as TensorFlow Lite Micro prepares them.

The reference executor and the lowering both take their numbers from here, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fixed_point import (
    INT8_MAX,
    INT8_MIN,
    activation_range,
    exp_on_negative_values,
    input_radius,
    logistic,
    multiply_by_quantized_multiplier,
    quantize_multiplier,
    quantize_value,
    requantize,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)
from .graph import Tensor, item_type


@dataclass(frozen=True, eq=False)
class Channels:
    """Per output channel: int64 arrays [channels] of multipliers and shifts."""

    multiplier: np.ndarray
    shift: np.ndarray


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
class Addition:
    """ADD: both operands are scaled into a common fixed point with 20 fractional bits, added, and scaled back."""

    LEFT_SHIFT = 20

    first: tuple[int, int]
    second: tuple[int, int]
    output: tuple[int, int]


def addition(first: Tensor, second: Tensor, output: Tensor) -> Addition:
    twice = 2.0 * float(max(first.scale, second.scale))
    return Addition(
        quantize_multiplier(float(first.scale) / twice),
        quantize_multiplier(float(second.scale) / twice),
        quantize_multiplier(twice / ((1 << Addition.LEFT_SHIFT) * float(output.scale))),
    )


def multiplication(first: Tensor, second: Tensor, output: Tensor) -> tuple[int, int]:
    return quantize_multiplier(float(first.scale) * float(second.scale) / float(output.scale))


def mean(source: Tensor, output: Tensor, count: int) -> tuple[int, int]:
    """MEAN: the requantization of a sum of ``count`` values; 1 / count is folded into the multiplier."""
    multiplier, shift = quantize_multiplier(float(source.scale) / float(output.scale))
    extra = min(count.bit_length() - 1, 32, 31 + shift)
    return (multiplier << extra) // count, shift - extra


def svdf_factors(source: Tensor, features: Tensor, times: Tensor, state: Tensor, output: Tensor) -> tuple[float, float]:
    """SVDF: from feature sums to the state, and from time sums to the output; formed in single precision."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        first = source.scale * features.scale / state.scale
        second = state.scale * times.scale / output.scale
    return float(first), float(second)


def unary_table(kind: str, source: Tensor, output: Tensor) -> np.ndarray:
    """The int8 [256] table of an operator between 8-bit types; entry i is the output byte for the input byte i - 128."""
    values = stored_values(source)
    centered = values - source.zero_point
    if kind == "LOGISTIC":
        result = _logistic(centered, source)
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
        factor = quantize_multiplier(float(source.scale) / float(output.scale))
        result = requantize(centered, *factor, output.zero_point, minimum, maximum)
    return result.astype(np.int8)


def stored_values(tensor: Tensor) -> np.ndarray:
    """What the bytes -128 to 127 stand for in an 8-bit tensor before scaling: int64 [256]."""
    return np.arange(INT8_MIN, INT8_MAX + 1).astype(np.int8).view(item_type(tensor.dtype)).astype(np.int64)


def dequantization_table(source: Tensor) -> np.ndarray:
    """DEQUANTIZE: float32 [256]; entry i is the real value of the byte i - 128. The product is formed in double precision."""
    return (np.float64(source.scale) * (stored_values(source) - source.zero_point)).astype(np.float32)


def quantize_floats(values: np.ndarray, output: Tensor) -> np.ndarray:
    """QUANTIZE of float32 values to int8: divided in single precision, rounded half away from zero, saturated; NaN to the lowest."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.nan_to_num(values / output.scale, nan=-512.0)
    steps = np.clip(steps, -512, 512).astype(np.float64)
    rounded = np.trunc(steps + np.copysign(0.5, steps)).astype(np.int64)
    return np.clip(rounded + output.zero_point, INT8_MIN, INT8_MAX).astype(np.int8)


def _logistic(centered: np.ndarray, source: Tensor) -> np.ndarray:
    multiplier, shift = quantize_multiplier(float(source.scale) * 2**27)
    radius = input_radius(4, shift)
    inside = np.clip(centered, 1 - radius, radius - 1)
    curve = rounding_divide_by_pot(logistic(multiply_by_quantized_multiplier(inside, multiplier, shift)), 31 - 8) - 128
    return np.where(centered <= -radius, INT8_MIN, np.where(centered >= radius, INT8_MAX, np.clip(curve, INT8_MIN, INT8_MAX)))


def softmax_table(source: Tensor, beta: float) -> np.ndarray:
    """exp of -i steps of the input's scale in Q0.31, int64 [n], n <= 256: differences beyond the table contribute nothing."""
    real = min(beta * float(source.scale) * (1 << 26), 2.0**31 - 1)
    multiplier, shift = quantize_multiplier(real)
    count = min(input_radius(5, shift), 255) + 1
    differences = -np.arange(count, dtype=np.int64)
    return exp_on_negative_values(saturating_rounding_doubling_high_mul(differences << shift, multiplier), 5)


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
