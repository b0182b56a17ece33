"""BATCH_MATMUL."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


@st.composite
def batch_matmul(draw: Any) -> Case:
    """Both operands computed at run time, or one of them a constant; some axes repeated."""
    rows, depth, columns = (draw(st.integers(1, 6)) for _ in range(3))
    adj_x, adj_y = draw(st.booleans()), draw(st.booleans())
    batches = draw(st.lists(st.integers(1, 3), max_size=3))

    def repeated(operand: int) -> tuple[int, ...]:
        return tuple(draw(st.sampled_from([1, size])) for size in batches[draw(st.integers(0, len(batches))) * operand :])

    fronts = repeated(0), repeated(1)
    backs = (depth, rows) if adj_x else (rows, depth), (columns, depth) if adj_y else (depth, columns)
    constant = draw(st.sampled_from([None, None, 0, 1]))
    builder = ModelBuilder()
    operands, inputs, feeds = [], [], []
    for position in range(2):
        shape = (*fronts[position], *backs[position])
        values, quantization = activation_values(draw, shape), (draw(scales), draw(zero_points))
        if position == constant:
            operands.append(builder.constant(values, [quantization[0]], quantization[1]))
        else:
            operands.append(builder.tensor(shape, *quantization))
            inputs.append(operands[-1])
            feeds.append(values)
    shape = (*np.broadcast_shapes(*fronts), rows, columns)
    output = builder.tensor(shape, draw(scales), draw(zero_points))
    builder.operator("BATCH_MATMUL", operands, output, "BatchMatMulOptions", adjX=adj_x, adjY=adj_y)
    return Case(builder.build(inputs, [output]), feeds)
