"""BATCH_MATMUL."""

from __future__ import annotations

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, requantize
from ..graph import BatchMatmulOptions, Graph, Operator
from ..requantization import matrix_product


def batch_matmul(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Matrices in the last two axes; the others broadcast."""
    options = operator.options
    assert isinstance(options, BatchMatmulOptions)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    a, b = (values.astype(np.int64) - tensor.zero_point for values, tensor in zip(inputs, (first, second), strict=True))
    sums = (a.swapaxes(-1, -2) if options.adj_x else a) @ (b.swapaxes(-1, -2) if options.adj_y else b)
    return requantize(sums, *matrix_product(first, second, output), output.zero_point, INT8_MIN, INT8_MAX)
