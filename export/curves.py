"""The curves of activations: int64 [256] from the centered inputs of a table, exactly as TensorFlow Lite Micro computes them.

``centered`` holds an input's 256 stored values less its zero point. Results are output values, clamped to int8.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .fixed_point import (
    INT8_MAX,
    INT8_MIN,
    input_radius,
    inverse_square_root,
    logistic,
    multiply_by_quantized_multiplier,
    quantize_multiplier,
    requantize,
    rounding_divide_by_pot,
    tanh,
    wrap_int32,
)
from .graph import Tensor

Array = np.ndarray


def logistic_curve(centered: Array, source: Tensor) -> Array:
    return _saturating_curve(centered, source, lambda a: rounding_divide_by_pot(logistic(a), 31 - 8) - 128)


def tanh_curve(centered: Array, source: Tensor) -> Array:
    return _saturating_curve(centered, source, lambda a: rounding_divide_by_pot(tanh(a), 31 - 7))


def _saturating_curve(centered: Array, source: Tensor, function: Callable[[Array], Array]) -> Array:
    """A curve of values in Q4.27 that has reached its limits at -16 and 16."""
    multiplier, shift = quantize_multiplier(float(source.scale) * 2**27)
    radius = input_radius(4, shift)
    inside = np.clip(centered, 1 - radius, radius - 1)
    curve = _saturated(function(multiply_by_quantized_multiplier(inside, multiplier, shift)))
    return np.where(centered <= -radius, INT8_MIN, np.where(centered >= radius, INT8_MAX, curve))


def hard_swish_factors(source: Tensor, output: Tensor) -> tuple[float, float]:
    """HARD_SWISH: from 1/128 of an input step to an output step, and to 3 / 2^15; in single precision."""
    with np.errstate(over="ignore", under="ignore"):
        fine = np.float32(1 / 128) * source.scale
        return float(fine / output.scale), float(fine / np.float32(3 / 32768))


def hard_swish_curve(centered: Array, source: Tensor, output: Tensor) -> Array:
    """x * relu6(x + 3) / 6 in 16-bit fixed point."""
    to_output, to_gate = (quantize_multiplier(factor) for factor in hard_swish_factors(source, output))
    fine = centered << 7
    scaled = _high_mul_16(fine, _upper_half(to_output[0]))
    # The gate is x / 3 in Q0.15, saturated to [-1, 1]; its last left shift comes after the multiplication.
    gate = _saturated_16(fine << max(to_gate[1] - 1, 0))
    gate = _high_mul_16(gate, _upper_half(to_gate[0]))
    gate = _saturated_16(gate << 1) if to_gate[1] > 0 else _rounding_divide_by_pot_16(gate, -to_gate[1])
    opening = (gate + (1 << 15)) >> 1
    product = opening * scaled
    toward_zero = np.sign(product) * (np.abs(product) >> 15)
    return _saturated(_wrap_int16(_rounding_divide_by_pot_16(toward_zero, -to_output[1]) + output.zero_point))


def leaky_relu_factors(source: Tensor, output: Tensor, alpha: float) -> tuple[float, float]:
    """LEAKY_RELU: of positive and of negative values; in single precision."""
    with np.errstate(over="ignore", under="ignore"):
        return float(source.scale / output.scale), float(source.scale * np.float32(alpha) / output.scale)


def leaky_relu_curve(centered: Array, source: Tensor, output: Tensor, alpha: float) -> Array:
    """alpha may be negative: the reference multiplies by its magnitude and changes the sign of the rounded result."""
    positive, negative = (
        multiply_by_quantized_multiplier(centered, *quantize_multiplier(abs(factor)))
        for factor in leaky_relu_factors(source, output, alpha)
    )
    values = np.where(centered >= 0, positive, negative * (-1 if alpha < 0 else 1))
    return _saturated(wrap_int32(values + output.zero_point))


def absolute_curve(centered: Array, source: Tensor, output: Tensor) -> Array:
    factor = quantize_multiplier(float(source.scale) / float(output.scale))
    return requantize(np.abs(centered), *factor, output.zero_point, INT8_MIN, INT8_MAX)


def rsqrt_factor(source: Tensor, output: Tensor) -> float:
    """RSQRT: from 1 / sqrt of an input step to an output step."""
    return 1.0 / (float(np.sqrt(np.float64(source.scale))) * float(output.scale))


def rsqrt_curve(centered: Array, source: Tensor, output: Tensor) -> Array:
    """1 / sqrt(x) with 20 fractional bits between two roundings; the largest value at 0, where the input cannot be negative."""
    multiplier, shift = quantize_multiplier(rsqrt_factor(source, output))
    roots = np.array([inverse_square_root(int(value)) for value in centered], np.int64)
    fine = multiply_by_quantized_multiplier(1, roots[:, 0], roots[:, 1] + 20)
    scaled = multiply_by_quantized_multiplier(fine, multiplier, shift - 20)
    return np.where(centered == 0, INT8_MAX, _saturated(wrap_int32(scaled + output.zero_point)))


# The exp of the usual C libraries is within 0.502 units of the last place of a float.
EXP_ERROR = 2.0**-31


def elu_steps(centered: Array, source: Tensor, output: Tensor, error: float = 0.0) -> Array:
    """ELU in output steps, float32, rounded to whole numbers, for an exp with this relative error before it becomes a float."""
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        real = source.scale * centered.astype(np.float32)
        power = (np.exp(np.minimum(real, 0).astype(np.float64)) * (1 + error)).astype(np.float32)
        steps = np.where(real < 0, power - np.float32(1), real) * (np.float32(1) / output.scale)
    return np.copysign(np.floor(np.abs(steps.astype(np.float64)) + 0.5), steps)


def elu_curve(centered: Array, source: Tensor, output: Tensor, error: float = 0.0) -> Array:
    return _saturated(elu_steps(centered, source, output, error) + output.zero_point)


def _saturated(values: Array) -> Array:
    return np.clip(values, INT8_MIN, INT8_MAX)


def _saturated_16(values: Array) -> Array:
    return np.clip(values, -(2**15), 2**15 - 1)


def _wrap_int16(values: Array | int) -> Array:
    return ((np.asarray(values, np.int64) + 2**15) & 0xFFFF) - 2**15


def _upper_half(multiplier: int) -> int:
    """A 32-bit multiplier rounded to 16 bits, saturated."""
    return min((multiplier + (1 << 15)) >> 16, 2**15 - 1)


def _high_mul_16(a: Array, b: int) -> Array:
    """a * b / 2^15, rounded to nearest, halves up; b is not negative."""
    return (a * b + (1 << 14)) >> 15


def _rounding_divide_by_pot_16(x: Array, exponent: int) -> Array:
    """x / 2^exponent, rounded half away from zero; from 16 on, the mask of the remainder wraps as in the reference."""
    mask = int(_wrap_int16((1 << exponent) - 1))
    threshold = (mask >> 1) + (x < 0)
    return (x >> exponent) + ((x & mask) > threshold)
