"""MEAN over any axes."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, requantize
from ..geometry import normalized_axes
from ..graph import Graph, Operator
from ..requantization import mean as mean_factor


def mean(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    axes = normalized_axes(inputs[1].reshape(-1).tolist(), len(source.shape))
    count = source.elements // output.elements
    total = inputs[0].astype(np.int64).sum(axis=axes) - count * source.zero_point
    factor = mean_factor(source, output, count)
    return requantize(total, *factor, output.zero_point, INT8_MIN, INT8_MAX).reshape(output.shape)
