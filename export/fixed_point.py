"""TensorFlow Lite's integer arithmetic in NumPy, bit for bit: requantization with double rounding, activation ranges, exp, logistic.

All functions work on int64 arrays holding int32 values. Source: the quantization specification of TensorFlow Lite and the gemmlowp
fixed-point conventions (Qm.n: m integer bits, n fractional bits, 31 = m + n).
"""

from __future__ import annotations

import math

import numpy as np

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT8_MIN, INT8_MAX = -128, 127

Array = np.ndarray


def quantize_multiplier(real: float) -> tuple[int, int]:
    """Split a positive real factor into (int32 multiplier in [2^30, 2^31), shift): real ≈ multiplier * 2^(shift - 31). Zero gives (0, 0)."""
    if real == 0.0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = math.floor(fraction * 2**31 + 0.5)
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift + 1
    return (multiplier, shift) if shift >= -31 else (0, 0)


def saturating_rounding_doubling_high_mul(a: Array | int, b: Array | int) -> Array:
    """(a * b) / 2^31, rounded to nearest, halves up; the one overflow, INT32_MIN squared, saturates."""
    # Adding a signed nudge and dividing toward zero, as the reference does, is the same as adding half and flooring.
    return np.minimum((np.multiply(a, b, dtype=np.int64) + (1 << 30)) >> 31, INT32_MAX)


def rounding_divide_by_pot(x: Array | int, exponent: Array | int) -> Array:
    """x / 2^exponent, rounded half away from zero."""
    x = np.asarray(x, np.int64)
    mask = (np.int64(1) << np.asarray(exponent, np.int64)) - 1
    threshold = (mask >> 1) + (x < 0)
    return (x >> exponent) + ((x & mask) > threshold)


def multiply_by_quantized_multiplier(x: Array | int, multiplier: Array | int, shift: Array | int) -> Array:
    """x * multiplier * 2^(shift - 31), rounded twice, as the reference kernels do. Broadcasts; the left shift wraps to 32 bits."""
    shift = np.asarray(shift, np.int64)
    shifted = wrap_int32(np.asarray(x, np.int64) << np.maximum(shift, 0))
    return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(shifted, multiplier), np.maximum(-shift, 0))


def requantize(x: Array, multiplier: Array | int, shift: Array | int, zero_point: int, low: int, high: int) -> Array:
    """Accumulators to int8: scaled, moved by the zero point (which wraps to 32 bits), clamped to [low, high]."""
    return np.clip(wrap_int32(multiply_by_quantized_multiplier(x, multiplier, shift) + zero_point), low, high).astype(np.int8)


def wrap_int32(x: Array) -> Array:
    return ((x + 2**31) & 0xFFFFFFFF) - 2**31


def round_half_away(x: float) -> int:
    return math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1)


def quantize_value(real: float, scale: np.float32, zero_point: int) -> int:
    """Quantize in float32, unclamped, as the reference kernels do when they prepare."""
    return zero_point + round_half_away(float(np.float32(real) / scale))


ACTIVATION_LIMITS: dict[str, tuple[float | None, float | None]] = {
    "NONE": (None, None),
    "RELU": (0.0, None),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "RELU_0_TO_1": (0.0, 1.0),
}


def activation_range(activation: str, scale: np.float32, zero_point: int) -> tuple[int, int]:
    """The int8 clamp of a fused activation on an output with this quantization."""
    low, high = ACTIVATION_LIMITS[activation]
    # The check stage has seen to it that 6 / scale fits 32 bits.
    minimum = INT8_MIN if low is None else max(INT8_MIN, quantize_value(low, scale, zero_point))
    maximum = INT8_MAX if high is None else min(INT8_MAX, quantize_value(high, scale, zero_point))
    return minimum, maximum


def input_radius(integer_bits: int, left_shift: int) -> int:
    """Largest |input| that stays inside Q(integer_bits) after scaling by 2^left_shift."""
    return math.floor(((1 << integer_bits) - 1) * (1 << (31 - integer_bits)) / (1 << left_shift))


def saturating_multiply_by_pot(x: Array | int, exponent: int) -> Array:
    """x * 2^exponent for a positive exponent, saturated to 32 bits."""
    return np.clip(np.asarray(x, np.int64) << exponent, INT32_MIN, INT32_MAX)


def exp_on_negative_values(a: Array, integer_bits: int) -> Array:
    """exp(a) for a <= 0 in Q(integer_bits); the result is Q0.31."""
    fractional_bits = 31 - integer_bits
    quarter = 1 << (fractional_bits - 2)
    a = np.asarray(a, np.int64)
    remainder_of_quarter = (a & (quarter - 1)) - quarter
    result = _exp_on_quarter_interval(saturating_multiply_by_pot(remainder_of_quarter, integer_bits))
    quarters = remainder_of_quarter - a
    # exp(-2^k) in Q0.31 for k = -2 … 4: one factor per bit of the number of quarters.
    for power, factor in zip(range(-2, 5), (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242), strict=True):
        if integer_bits > power:
            bit = np.int64(1) << (fractional_bits + power)
            result = np.where(quarters & bit, saturating_rounding_doubling_high_mul(result, factor), result)
    return np.where(a == 0, INT32_MAX, result)


def _exp_on_quarter_interval(a: Array) -> Array:
    """exp(a) for a in [-1/4, 0), Q0.31: Taylor expansion around -1/8."""
    exp_minus_eighth, one_third = 1895147668, 715827883
    mul = saturating_rounding_doubling_high_mul
    x = a + (1 << 28)
    x2 = mul(x, x)
    x3 = mul(x2, x)
    x4_over_4 = rounding_divide_by_pot(mul(x2, x2), 2)
    tail = rounding_divide_by_pot(mul(x4_over_4 + x3, one_third) + x2, 1)
    return exp_minus_eighth + mul(exp_minus_eighth, x + tail)


def one_over_one_plus_x(a: Array) -> Array:
    """1 / (1 + a) for a in [0, 1], Q0.31 in and out."""
    return saturating_multiply_by_pot(_two_over_one_plus_x(a), 1)


def one_minus_x_over_one_plus_x(a: Array) -> Array:
    """(1 - a) / (1 + a) = 2 / (1 + a) - 1 for a in [0, 1], Q0.31 in and out."""
    return saturating_multiply_by_pot(_two_over_one_plus_x(a) - (1 << 29), 2)


def _two_over_one_plus_x(a: Array) -> Array:
    """2 / (1 + a) for a in [0, 1] in Q0.31, the result in Q2.29: three Newton-Raphson steps on half the denominator."""
    mul = saturating_rounding_doubling_high_mul
    half_denominator = (np.asarray(a, np.int64) + INT32_MAX + 1) >> 1
    x = 1515870810 + mul(half_denominator, -1010580540)
    for _ in range(3):
        one_minus = (1 << 29) - mul(half_denominator, x)
        x = x + saturating_multiply_by_pot(mul(x, one_minus), 2)
    return x


def logistic(a: Array) -> Array:
    """1 / (1 + exp(-a)) for a in Q4.27; the result is Q0.31."""
    a = np.asarray(a, np.int64)
    positive = one_over_one_plus_x(exp_on_negative_values(-np.abs(a), 4))
    return np.where(a == 0, 1 << 30, np.where(a > 0, positive, INT32_MAX - positive))


def tanh(a: Array) -> Array:
    """tanh(a) for a in Q4.27; the result is Q0.31."""
    a = np.asarray(a, np.int64)
    # exp(-2 |a|): the same bits with one integer bit more.
    positive = one_minus_x_over_one_plus_x(exp_on_negative_values(-np.abs(a), 5))
    return np.sign(a) * positive


def log(x: Array) -> Array:
    """log(x) for x >= 1 in Q12.19; the result is Q5.26. A power of two, and a rational function around sqrt(sqrt(1/2))."""
    mul, saturated = saturating_rounding_doubling_high_mul, saturating_multiply_by_pot
    sqrt_half, sqrt_sqrt_half, log_2, quarter = 1518500250, 1805811301, 1488522236, 1 << 23
    x = np.asarray(x, np.int64)
    # Two ways to split x; the smaller rest and the larger power belong together. Powers are Q6.25.
    headroom_a, headroom_b = _headroom(x), _headroom(mul(x, sqrt_half))
    rest = np.minimum(saturated(mul(x << headroom_a, sqrt_half), 1), np.minimum(x << headroom_b, INT32_MAX))
    power = np.maximum(((11 - headroom_a) << 25) + quarter, ((12 - headroom_b) << 25) - quarter)
    twice = 2 * (rest - sqrt_sqrt_half)
    square = mul(twice, twice)
    numerator = mul(twice, rest) + mul(mul(twice, square), 117049297)
    slope = 1057819769 + twice + mul(127690142, square)
    denominator = mul((rest + sqrt_sqrt_half + 1) >> 1, slope) + mul(638450708, twice)
    return saturated(mul(power, log_2) + mul(rounding_divide_by_pot(numerator, 6), one_over_one_plus_x(denominator)), 1)


def _headroom(x: Array) -> Array:
    """Places by which positive 32-bit values can be shifted left."""
    return 31 - np.frexp(x.astype(np.float64))[1].astype(np.int64)


def inverse_square_root(x: int) -> tuple[int, int]:
    """1 / sqrt(x) of an integer as (multiplier, shift): multiplier * 2^(shift - 31). At most 1; that of 0 is taken to be 1, too."""
    if x <= 1:
        return INT32_MAX, 0
    right_shift = 11
    while x >= 1 << 29:
        x, right_shift = x >> 2, right_shift + 1
    pairs = (31 - x.bit_length()) // 2 - 1
    right_shift -= pairs
    mul = lambda a, b: int(saturating_rounding_doubling_high_mul(a, b))  # noqa: E731
    # Newton-Raphson steps in Q3.28 on the input brought into [1/4, 1).
    value = (x << 2 * pairs) >> 1
    half = int(rounding_divide_by_pot(value, 1))
    estimate = 1 << 28
    for _ in range(5):
        cube = int(saturating_multiply_by_pot(mul(mul(estimate, estimate), estimate), 6))
        difference = mul(3 << 27, estimate) - mul(half, cube)
        estimate = int(saturating_multiply_by_pot(difference, 3))
    estimate = mul(estimate, 1518500250)  # sqrt(1/2)
    return (estimate << max(-right_shift, 0), -max(right_shift, 0))
