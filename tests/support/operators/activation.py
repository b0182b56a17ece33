"""Functions of one value, and the boundary to other types."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, scales, usual_scales, zero_points

# Options tables; other operators have none. TensorFlow Lite takes LOGISTIC, TANH and RSQRT from float tables, which round some
# values the other way, forms RELU's factor in float32 and has no int8 ELU.
KINDS = {"QUANTIZE": "QuantizeOptions", "LEAKY_RELU": "LeakyReluOptions"}
DIFFERENT = ("LOGISTIC", "TANH", "RSQRT", "RELU", "ELU")
NOT_IN_MICRO = ("RELU_N1_TO_1", "RELU_0_TO_1")


@st.composite
def unary(draw: Any) -> Case:
    """All 256 inputs of one operator."""
    kind = draw(
        st.sampled_from(
            ["LOGISTIC", "TANH", "RELU", "RELU6", "LEAKY_RELU", "HARD_SWISH", "ELU", "ABS", "RSQRT", "QUANTIZE", *NOT_IN_MICRO]
        )
    )
    builder = ModelBuilder()
    quantization = draw(scales), -128 if kind == "RSQRT" else draw(zero_points)
    source = builder.tensor((1, 256), *quantization)
    other = {"LOGISTIC": (1 / 256, -128), "RELU6": quantization}.get(kind) or (draw(scales), draw(zero_points))
    output = builder.tensor((1, 256), *other)
    fields = {"alpha": draw(st.sampled_from([0.0, 1.0, -0.5]) | st.floats(-2.0, 4.0, width=32))} if kind == "LEAKY_RELU" else {}
    builder.operator(kind, [source], output, KINDS.get(kind), **fields)
    return Case(
        builder.build([source], [output]),
        [np.arange(-128, 128, dtype=np.int8).reshape(1, 256)],
        agree=kind not in DIFFERENT,
        micro=kind not in NOT_IN_MICRO,
    )


@st.composite
def boundary(draw: Any) -> Case:
    """QUANTIZE and DEQUANTIZE between types."""
    source_type, output_type = draw(
        st.sampled_from([("uint8", "int8"), ("int8", "uint8"), ("float32", "int8"), ("int8", "float32")])
    )
    builder = ModelBuilder()

    def tensor(dtype: str) -> int:
        low = 0 if dtype == "uint8" else -128
        return builder.tensor((1, 256), draw(usual_scales), draw(st.integers(low, low + 255)), dtype=dtype)

    source, output = tensor(source_type), tensor(output_type)
    kind = "DEQUANTIZE" if output_type == "float32" else "QUANTIZE"
    builder.operator(kind, [source], output, f"{kind.title()}Options")
    values = np.arange(256).astype(np.uint8).view(np.uint8 if source_type == "uint8" else np.int8).reshape(1, 256)
    if source_type == "float32":
        values = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).normal(0, 50, (1, 256)).astype(np.float32)
        values[0, :8] = [np.inf, -np.inf, np.nan, 3e38, -3e38, 1e9, -1e9, 1e-40]
    return Case(builder.build([source], [output]), [values])
