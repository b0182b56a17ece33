"""L2_NORMALIZATION over the last axis."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, inverse_square_root, multiply_by_quantized_multiplier
from ..graph import Graph, Operator


def l2_normalization(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    values = inputs[0].astype(np.int64) - graph.input_of(operator, 0).zero_point
    sums = (values**2).sum(axis=-1, keepdims=True)
    factors = np.array([inverse_square_root(int(total)) for total in sums.flat], np.int64).reshape(*sums.shape, 2)
    scaled = multiply_by_quantized_multiplier(values, factors[..., 0], factors[..., 1] + 7)
    return np.clip(scaled, INT8_MIN, INT8_MAX).astype(np.int8)
