"""What the strategies share: the case they make, and how scales, zero points and values are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, PADDING


@dataclass(frozen=True)
class Case:
    """A model with inputs for it.

    ``agree`` says whether TensorFlow Lite's reference kernels promise the same bytes as TFLM, ``micro`` whether TFLM has the operator.
    """

    model: bytes
    inputs: list[np.ndarray]
    agree: bool = True
    micro: bool = True

    def __repr__(self) -> str:
        return f"Case({[values.shape for values in self.inputs]})"


usual_scales = st.floats(2**-10, 2.0, width=32)
# Sometimes factors so small or large that shifts reach their limits.
scales = st.one_of(usual_scales, usual_scales, st.floats(2**-26, 2**7, width=32))
zero_points = st.integers(-128, 127)
activations = st.sampled_from(sorted(ACTIVATION))
paddings = st.sampled_from(sorted(PADDING))
small = st.integers(1, 3)


def random(draw: Any, low: int, high: int, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return generator.integers(low, high + 1, shape).astype(dtype)


def activation_values(draw: Any, shape: tuple[int, ...]) -> np.ndarray:
    return random(draw, -128, 127, shape, np.int8)


def channel_scales(draw: Any, channels: int) -> list[float]:
    count = draw(st.sampled_from([1, channels]))
    return [
        float(s) for s in np.random.default_rng(draw(st.integers(0, 2**32 - 1))).uniform(1e-4, 0.5, count).astype(np.float32)
    ]
