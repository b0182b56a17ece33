"""Functions of one value, and the boundary to other types."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, scales, usual_scales, zero_points


@st.composite
def unary(draw: Any) -> Case:
    kind = draw(st.sampled_from(["LOGISTIC", "RELU", "RELU6", "QUANTIZE"]))
    builder = ModelBuilder()
    quantization = draw(scales), draw(zero_points)
    source = builder.tensor((1, 256), *quantization)
    other = {"LOGISTIC": (1 / 256, -128), "RELU6": quantization}.get(kind) or (draw(scales), draw(zero_points))
    output = builder.tensor((1, 256), *other)
    builder.operator(kind, [source], output, {"QUANTIZE": "QuantizeOptions"}.get(kind))
    # TensorFlow Lite takes LOGISTIC from a float table, which rounds some ties the other way, and forms RELU's factor in float32.
    return Case(
        builder.build([source], [output]),
        [np.arange(-128, 128, dtype=np.int8).reshape(1, 256)],
        agree=kind not in ("LOGISTIC", "RELU"),
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
    return Case(builder.build([source], [output]), [values])
