"""Multipliers, shifts and limits as the DSP kernels take them."""

from __future__ import annotations

import numpy as np

from ...fixed_point import INT8_MAX, INT8_MIN
from ...requantization import Channels
from ..call import Constant, Parameter, channel_constant

LARGEST_SUM = 1 << 30
LARGEST_SHIFT = 22
"""The zero point, shifted left by as much, must fit beside a sum into 32 bits."""


def outside_limits(largest: np.ndarray, channels: Channels) -> str:
    """Why the short requantization would not be exact, or "": ``largest`` is the greatest magnitude of each channel's sum."""
    if int(largest.max()) >= LARGEST_SUM:
        return "sums reach 2^30"
    if int(channels.shift.max()) >= 0 or int(channels.shift.min()) < -LARGEST_SHIFT:
        return f"a shift to the right is not between 1 and {LARGEST_SHIFT}"
    return ""


def kernel_shifts(channels: Channels) -> np.ndarray:
    """The kernels shift by one more than they are told, and to the right."""
    return -channels.shift - 1


def channel_constants(biases: np.ndarray, channels: Channels) -> Constant:
    return channel_constant(biases, channels.multiplier, kernel_shifts(channels))


def output_parameters(zero_point: int, limits: tuple[int, int]) -> dict[str, Parameter]:
    """Rounding and clamp of the outputs."""
    low, high = limits
    return {
        "rounding": 2 * zero_point + 1,
        "clamped": int(limits != (INT8_MIN, INT8_MAX)),
        "low": (low & 0xFF) * 0x01010101,
        "high": (high & 0xFF) * 0x01010101,
    }
