"""CONV_2D (grouped too), DEPTHWISE_CONV_2D and TRANSPOSE_CONV."""

from __future__ import annotations

import numpy as np

from ..fixed_point import activation_range, requantize
from ..geometry import padding_of_output, spans
from ..graph import ConvolutionOptions, Graph, Operator
from ..requantization import convolution_channels


def conv_2d(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """NHWC int8 in, NHWC int8 out; filters [output channels, height, width, input channels / groups]."""
    filters = inputs[1].astype(np.float64)
    patches = _patches(graph, operator, inputs[0], filters.shape[1:3])
    groups = inputs[0].shape[3] // filters.shape[3]
    # float64 holds every sum exactly: they stay far below 2^53.
    accumulators = [
        np.einsum("nhwkld,okld->nhwo", part, group, optimize=True)
        for part, group in zip(np.split(patches, groups, axis=5), np.split(filters, groups, axis=0), strict=True)
    ]
    return _finish(graph, operator, np.concatenate(accumulators, axis=3), 0, inputs[2:])


def depthwise_conv_2d(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Filters [1, height, width, input channels * multiplier]; output channel c reads input channel c // multiplier."""
    filters = inputs[1][0].astype(np.float64)
    depth = inputs[0].shape[3]
    patches = _patches(graph, operator, inputs[0], filters.shape[:2])
    split = filters.reshape(*filters.shape[:2], depth, -1)
    accumulators = np.einsum("nhwkld,kldm->nhwdm", patches, split, optimize=True)
    return _finish(graph, operator, accumulators.reshape(*accumulators.shape[:3], -1), 0, inputs[2:])


def transpose_conv(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Every input value adds its multiple of the filters [output channels, height, width, input channels] to the output."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    filters, output = inputs[1].astype(np.int64), graph.output_of(operator)
    centered = inputs[2].astype(np.int64) - graph.input_of(operator, 2).zero_point
    batches, rows, columns, _ = centered.shape
    channels, height, width, _ = filters.shape
    (top, left), (stride_y, stride_x) = padding_of_output(output.shape, (height, width), options), options.stride
    # Large enough for all that is scattered and for the output.
    sides = [
        max((size - 1) * stride + window, before + result)
        for size, stride, window, before, result in zip(
            (rows, columns), options.stride, (height, width), (top, left), output.shape[1:3], strict=True
        )
    ]
    total = np.zeros((batches, *sides, channels), np.int64)
    for i in range(height):
        for j in range(width):
            region = total[:, i : i + (rows - 1) * stride_y + 1 : stride_y, j : j + (columns - 1) * stride_x + 1 : stride_x]
            region += centered @ filters[:, i, j].T
    inside = total[:, top : top + output.shape[1], left : left + output.shape[2]]
    return _finish(graph, operator, inside, 2, inputs[3:])


def _patches(graph: Graph, operator: Operator, values: np.ndarray, window: tuple[int, ...]) -> np.ndarray:
    """Windows over the zero-padded input minus its zero point: float64 [n, rows, columns, height, width, channels]."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    centered = values.astype(np.float64) - graph.input_of(operator, 0).zero_point
    index = []
    for axis, side in enumerate(spans(values.shape, window, options.stride, options.dilation, options.padding)):
        starts = np.arange(side.output) * options.stride[axis]
        taps = np.arange(window[axis]) * options.dilation[axis]
        index.append((starts[:, None] + taps[None, :], side.before))
    (rows, top), (columns, left) = index
    below = max(0, int(rows.max()) + 1 - top - values.shape[1])
    right = max(0, int(columns.max()) + 1 - left - values.shape[2])
    padded = np.pad(centered, ((0, 0), (top, below), (left, right), (0, 0)))
    return padded[:, rows[:, None, :, None], columns[None, :, None, :], :]


def _finish(
    graph: Graph, operator: Operator, accumulators: np.ndarray, source_position: int, biases: list[np.ndarray]
) -> np.ndarray:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    output = graph.output_of(operator)
    source, weights = graph.input_of(operator, source_position), graph.input_of(operator, 1)
    channels = convolution_channels(source, weights, output, accumulators.shape[-1])
    limits = activation_range(options.activation, output.scale, output.zero_point)
    sums = accumulators.astype(np.int64) + (biases[0].reshape(-1).astype(np.int64) if biases else 0)
    return requantize(sums, channels.multiplier, channels.shift, output.zero_point, *limits)
