"""CONV_2D (grouped too) and DEPTHWISE_CONV_2D."""

from __future__ import annotations

import numpy as np

from ..fixed_point import requantize
from ..geometry import spans
from ..graph import ConvolutionOptions, Graph, Operator, Tensor
from ..requantization import convolution_channels, output_limits


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
    return _finish(graph, operator, np.concatenate(accumulators, axis=3), inputs)


def depthwise_conv_2d(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Filters [1, height, width, input channels * multiplier]; output channel c reads input channel c // multiplier."""
    filters = inputs[1][0].astype(np.float64)
    depth = inputs[0].shape[3]
    patches = _patches(graph, operator, inputs[0], filters.shape[:2])
    split = filters.reshape(*filters.shape[:2], depth, -1)
    accumulators = np.einsum("nhwkld,kldm->nhwdm", patches, split, optimize=True)
    return _finish(graph, operator, accumulators.reshape(*accumulators.shape[:3], -1), inputs)


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


def _finish(graph: Graph, operator: Operator, accumulators: np.ndarray, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    output = graph.output_of(operator)
    weights: Tensor = graph.input_of(operator, 1)
    channels = convolution_channels(graph.input_of(operator, 0), weights, output, accumulators.shape[-1])
    biases = inputs[2].reshape(-1).astype(np.int64) if len(inputs) > 2 else 0
    limits = output_limits(options, output)
    sums = accumulators.astype(np.int64) + biases
    return requantize(sums, channels.multiplier, channels.shift, output.zero_point, *limits)
