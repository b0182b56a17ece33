"""What the strategies share: the case they make, and how scales, zero points and values are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, PADDING, ModelBuilder


@dataclass(frozen=True)
class Case:
    """A model with inputs for it.

        ``agree`` says whether TensorFlow Lite's reference kernels promise the same bytes as TFLM; ``micro`` whether TFLM promises any: it
    may lack the operator, or compute with what its memory held before. There TensorFlow Lite's reference kernels rule.
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


SOURCE = None


def moved(
    draw: Any,
    kind: str,
    shape: tuple[int, ...],
    outputs: list[tuple[int, ...]],
    operands: list[np.ndarray | None],
    options: str | None,
    dtypes: tuple[str, ...] = ("int8",),
    micro: bool = True,
    **fields: Any,
) -> Case:
    """A case of an operator that moves the values of one input; ``operands`` are its constants, SOURCE where the input stands.

    Floats are quantized afterwards, as in a model that takes float input.
    """
    dtype = draw(st.sampled_from(dtypes))
    quantization = draw(usual_scales), draw(st.integers(0, 127) if dtype == "uint8" else zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization, dtype=dtype)
    results = [builder.tensor(output, *quantization, dtype=dtype) for output in outputs]
    inputs = [source if values is SOURCE else builder.constant(values) for values in operands]
    builder.operator(kind, inputs, results, options, **fields)
    if dtype == "float32":
        quantized = [builder.tensor(output, *quantization) for output in outputs]
        for result, output in zip(results, quantized, strict=True):
            builder.operator("QUANTIZE", [result], output, "QuantizeOptions")
        results = quantized
    return Case(builder.build([source], results), [values_of(draw, shape, dtype)], micro=micro)


def values_of(draw: Any, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    if dtype == "float32":
        return np.random.default_rng(draw(st.integers(0, 2**32 - 1))).normal(0, 50, shape).astype(np.float32)
    if dtype == "bool":
        return random(draw, 0, 1, shape, np.bool_)
    limits = np.iinfo(dtype)
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1))).integers(limits.min, limits.max, shape, dtype, endpoint=True)


def drawn_shape(draw: Any, least: int, most: int, largest: int = 5) -> tuple[int, ...]:
    return tuple(draw(st.integers(1, largest)) for _ in range(draw(st.integers(least, most))))
