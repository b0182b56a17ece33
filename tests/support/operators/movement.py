"""PAD, PADV2, MIRROR_PAD, CONCATENATION, PACK, and the views RESHAPE, SQUEEZE and EXPAND_DIMS."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from export.coverage import ANY_TYPE, BYTES_AND_FLOATS

from ..model_builder import ModelBuilder
from .base import SOURCE, Case, activation_values, drawn_shape, moved, scales, values_of, zero_points


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


@st.composite
def mirror_padding(draw: Any) -> Case:
    shape, mode = drawn_shape(draw, 1, 4), draw(st.sampled_from([0, 1]))
    widths = np.array(
        [[draw(st.integers(0, size - 1 + mode)), draw(st.integers(0, size - 1 + mode))] for size in shape],
        draw(st.sampled_from([np.int32, np.int64])),
    )
    output = tuple(int(size + width.sum()) for size, width in zip(shape, widths, strict=True))
    return moved(draw, "MIRROR_PAD", shape, [output], [SOURCE, widths], "MirrorPadOptions", BYTES_AND_FLOATS, mode=mode)


@st.composite
def packing(draw: Any) -> Case:
    """One to four tensors, constants among them, along a new axis."""
    shape, dtype = drawn_shape(draw, 0, 3), draw(st.sampled_from(["int8", "int32", "int64"]))
    axis, count = draw(st.integers(-len(shape) - 1, len(shape))), draw(st.integers(1, 4))
    quantization = draw(scales), draw(zero_points)
    builder = ModelBuilder()
    operands, inputs, feeds = [], [], []
    for number in range(count):
        values = values_of(draw, shape, dtype)
        if number and draw(st.booleans()):
            operands.append(builder.constant(values, [quantization[0]] if dtype == "int8" else None, quantization[1]))
        else:
            operands.append(builder.tensor(shape, *quantization, dtype=dtype))
            inputs.append(operands[-1])
            feeds.append(values)
    joined = list(shape)
    joined.insert(axis % (len(shape) + 1), count)
    output = builder.tensor(tuple(joined), *quantization, dtype=dtype)
    builder.operator("PACK", operands, output, "PackOptions", axis=axis, valuesCount=count)
    return Case(builder.build(inputs, [output]), feeds)


@st.composite
def view(draw: Any) -> Case:
    shape = drawn_shape(draw, 1, 4, 3)
    if draw(st.booleans()):
        axis = draw(st.integers(-len(shape) - 1, len(shape)))
        output = list(shape)
        output.insert(axis % (len(shape) + 1), 1)
        operands = [SOURCE, np.array(axis, np.int32)]
        return moved(draw, "EXPAND_DIMS", shape, [tuple(output)], operands, "ExpandDimsOptions", BYTES_AND_FLOATS)
    ones = [axis for axis, size in enumerate(shape) if size == 1]
    axes = draw(st.lists(st.sampled_from(ones), unique=True)) if ones else []
    squeezed = axes or ones
    output = [size for axis, size in enumerate(shape) if axis not in squeezed]
    named = [axis - len(shape) * draw(st.booleans()) for axis in axes]
    return moved(draw, "SQUEEZE", shape, [tuple(output)], [SOURCE], "SqueezeOptions", ANY_TYPE, squeezeDims=named)
