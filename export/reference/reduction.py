"""MEAN over any axes."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, multiply_by_quantized_multiplier
from ..geometry import normalized_axes
from ..graph import Graph, Operator
from ..requantization import mean as mean_factor


def mean(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    axes = normalized_axes(inputs[1].reshape(-1).tolist(), len(source.shape))
    count = source.elements // output.elements
    total = inputs[0].astype(np.int64).sum(axis=axes) - count * source.zero_point
    scaled = multiply_by_quantized_multiplier(total, *mean_factor(source, output, count)) + output.zero_point
    return np.clip(scaled, INT8_MIN, INT8_MAX).astype(np.int8).reshape(output.shape)
