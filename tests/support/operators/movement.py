"""PAD, PADV2, CONCATENATION and RESHAPE."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ModelBuilder
from .base import Case, activation_values, scales, zero_points


@st.composite
def padding(draw: Any) -> Case:
    rank = draw(st.integers(1, 4))
    shape = tuple(draw(st.integers(1, 5)) for _ in range(rank))
    widths = np.array([[draw(st.integers(0, 3)), draw(st.integers(0, 3))] for _ in range(rank)], np.int32)
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization)
    operands = [source, builder.constant(widths)]
    output = builder.tensor(tuple(int(s + w.sum()) for s, w in zip(shape, widths, strict=True)), *quantization)
    if draw(st.booleans()):
        value = np.array([draw(st.integers(-128, 127))], np.int8)
        operands.append(builder.constant(value, [quantization[0]], quantization[1]))
        builder.operator("PADV2", operands, output, "PadV2Options")
    else:
        builder.operator("PAD", operands, output, "PadOptions")
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])


@st.composite
def concatenation(draw: Any) -> Case:
    rank = draw(st.integers(1, 4))
    axis = draw(st.integers(-rank, rank - 1))
    shape = [draw(st.integers(1, 4)) for _ in range(rank)]
    builder = ModelBuilder()
    quantization = draw(scales), draw(zero_points)
    operands, inputs, feeds, joined = [], [], [], 0
    for number in range(draw(st.integers(1, 4))):
        shape[axis] = draw(st.integers(1, 4))
        joined += shape[axis]
        values = activation_values(draw, tuple(shape))
        if number and draw(st.booleans()):
            operands.append(builder.constant(values, [quantization[0]], quantization[1]))
        else:
            operands.append(builder.tensor(tuple(shape), *quantization))
            inputs.append(operands[-1])
            feeds.append(values)
    shape[axis] = joined
    output = builder.tensor(tuple(shape), *quantization)
    builder.operator("CONCATENATION", operands, output, "ConcatenationOptions", axis=axis)
    return Case(builder.build(inputs, [output]), feeds)


@st.composite
def reshape(draw: Any) -> Case:
    """A RESHAPE between two other operators, where it must cost nothing, or alone, where it must copy."""
    shape, flat = (1, 3, 4, 5), (5, 12)
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    source = builder.tensor(shape, *quantization)
    middle = builder.tensor(flat, *quantization)
    target = builder.constant(np.array(flat, np.int32))
    builder.operator("RESHAPE", [source, target], middle, "ReshapeOptions", newShape=list(flat))
    if draw(st.booleans()):
        output = builder.tensor(flat, draw(scales), draw(zero_points))
        builder.operator("QUANTIZE", [middle], output, "QuantizeOptions")
    else:
        output = middle
    return Case(builder.build([source], [output]), [activation_values(draw, shape)])
