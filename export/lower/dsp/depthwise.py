"""DEPTHWISE_CONV_2D with 3x3 taps → an_dsp_depthwise_3x3: planes of four channels, two outputs at a time along lines."""

from __future__ import annotations

from math import prod

import numpy as np

from ...geometry import spans
from ...graph import ConvolutionOptions, Graph, Operator
from ...requantization import convolution_channels, output_limits
from ..call import Call, Constant, Parameter, Tile
from .requantization import channel_constants, output_parameters, outside_limits

LINE_BYTES = 36
PLANES = 4
GATHERED, CLAMPED = 2.8, 10
"""Instructions, roughly: of gathering a value, and of clamping one. A tile begins by gathering what it shares with the one before."""


def depthwise_conv_2d(graph: Graph, operator: Operator) -> Call | str:
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, weights, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    assert weights.data is not None
    if weights.shape[1:3] != (3, 3) or options.dilation != (1, 1):
        return "not 3x3, or dilation"
    if source.shape[3] < PLANES:
        return "fewer than four channels"
    taps = weights.data.astype(np.int64).reshape(9, -1)
    channels = taps.shape[1]
    biases = graph.biases_of(operator, channels, 2).astype(np.int64) - source.zero_point * taps.sum(axis=0)
    requantization = convolution_channels(source, weights, output, channels)
    reason = outside_limits(np.abs(biases) + 128 * np.abs(taps).sum(axis=0), requantization)
    if reason:
        return reason

    transposed = _along_columns(output.shape, options.stride)
    line, along = (1, 0) if transposed else (0, 1)
    stride = options.stride[along]
    if stride > 2:
        return "a stride of more than 2"
    parameters = _parameters(graph, operator, transposed) | output_parameters(output.zero_point, output_limits(options, output))
    low, high = output_limits(options, output)
    del parameters["low"], parameters["high"]
    parameters |= {"activation_min": low, "activation_max": high, "tile": 1}
    line_stride, lines, size = options.stride[line], output.shape[1 + line], output.shape[1 + along]
    blocks = -(-size * stride // 16)
    gathered = GATHERED * source.shape[3] * (size * stride + 2 * blocks)
    outputs = prod(output.shape)
    return Call(
        operator,
        "an_dsp_depthwise_3x3",
        (source.index,),
        operator.outputs[0],
        parameters,
        (_packed(taps, transposed), channel_constants(biases, requantization)),
        9 * outputs,
        scratch=PLANES * LINE_BYTES * (3 - line_stride),
        cost=int(
            outputs * (13 + CLAMPED * bool(parameters["clamped"])) + lines * (gathered * line_stride + 7 * blocks * channels)
        ),
        tile=Tile(
            1, lines, PLANES * LINE_BYTES * line_stride, lines, int(gathered * (3 - line_stride)) + 94 * blocks * channels
        ),
    )


def _along_columns(shape: tuple[int, ...], stride: tuple[int, int]) -> bool:
    """Whether lines are better the columns of an image: the fuller the blocks of sixteen, the less is done around them."""
    height, width = shape[1:3]
    waste = [(-(-size // 16) * 16 / size + size % 2 / size, step) for size, step in ((width, stride[1]), (height, stride[0]))]
    return waste[1][1] <= 2 and (waste[0][1] > 2 or waste[1][0] < waste[0][0])


def _parameters(graph: Graph, operator: Operator, transposed: bool) -> dict[str, Parameter]:
    """Sizes and steps by lines and along them."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rows, columns = spans(source.shape, (3, 3), options.stride, (1, 1), options.padding)
    batches, height, width, channels = source.shape
    inputs = ((height, width * channels), (width, channels))
    outputs = ((output.shape[1], output.shape[2] * output.shape[3]), (output.shape[2], output.shape[3]))
    paddings, strides = (rows.before, columns.before), options.stride
    line, along = (1, 0) if transposed else (0, 1)
    return {
        "batches": batches,
        "input_batch": height * width * channels,
        "output_batch": prod(output.shape[1:]),
        "channels": channels,
        "depth_multiplier": output.shape[3] // channels,
        "input_lines": inputs[line][0],
        "input_size": inputs[along][0],
        "input_line_step": inputs[line][1],
        "input_step": inputs[along][1],
        "output_lines": outputs[line][0],
        "output_size": outputs[along][0],
        "output_line_step": outputs[line][1],
        "output_step": outputs[along][1],
        "line_stride": strides[line],
        "stride": strides[along],
        "line_padding": paddings[line],
        "padding": paddings[along],
        "input_zero_point": source.zero_point,
    }


def _packed(taps: np.ndarray, transposed: bool) -> Constant:
    """int64 [9, channels] -> for each channel and line the bytes (w0, w1, w1, w2)."""
    windows = taps.T.reshape(-1, 3, 3)
    if transposed:
        windows = windows.transpose(0, 2, 1)
    packed = windows[:, :, [0, 1, 1, 2]].reshape(-1)
    return Constant("weights", "output channel, line, taps 0 1 1 2", "int8_t", packed, 4)
