"""What convolutions and pooling have in common: a window that slides over an image."""

from __future__ import annotations

from math import prod

from ..geometry import spans
from ..graph import ConvolutionOptions, Graph, Operator, PoolingOptions, Tensor
from ..requantization import output_limits
from .call import Parameter


def window_parameters(
    source: Tensor,
    output: Tensor,
    options: ConvolutionOptions | PoolingOptions,
    window: tuple[int, int],
    dilation: tuple[int, int] = (1, 1),
) -> dict[str, Parameter]:
    """Sizes, strides, padding and activation limits of a window of ``window`` taps over ``source``."""
    rows, columns = spans(source.shape, window, options.stride, dilation, options.padding)
    low, high = output_limits(options, output)
    return {
        "batches": source.shape[0],
        "input_height": source.shape[1],
        "input_width": source.shape[2],
        "output_height": rows.output,
        "output_width": columns.output,
        "stride_height": options.stride[0],
        "stride_width": options.stride[1],
        "padding_top": rows.before,
        "padding_left": columns.before,
        "activation_min": low,
        "activation_max": high,
    }


def padded_image(graph: Graph, operator: Operator) -> dict[str, Parameter]:
    """``an_padded_image``, sizes and strides of a convolution by 3x3 without dilation."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rows, columns = spans(source.shape, (3, 3), options.stride, (1, 1), options.padding)
    width = max(source.shape[2] + columns.before, (output.shape[2] - 1) * options.stride[1] + 3)
    return {
        "image.height": source.shape[1],
        "image.width": source.shape[2],
        "image.channels": source.shape[3],
        "image.padding_top": rows.before,
        "image.padding_left": columns.before,
        "image.padding_right": width - columns.before - source.shape[2],
        "image.zero_point": source.zero_point,
        "batches": source.shape[0],
        "output_height": output.shape[1],
        "output_width": output.shape[2],
        "stride_height": options.stride[0],
        "stride_width": options.stride[1],
    }


def padded_row_bytes(parameters: dict[str, Parameter]) -> int:
    """Bytes of a row of ``padded_image``."""
    left, width, right, channels = (
        parameters[f"image.{name}"] for name in ("padding_left", "width", "padding_right", "channels")
    )
    assert isinstance(left, int) and isinstance(width, int) and isinstance(right, int) and isinstance(channels, int)
    return (left + width + right) * channels


def geometry(graph: Graph, operator: Operator, row_bytes: int) -> dict[str, Parameter]:
    """``an_geometry`` of a convolution without groups and dilation, where ``row_bytes`` are read of every row of taps."""
    options = operator.options
    assert isinstance(options, ConvolutionOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    height, width = graph.input_of(operator, 1).shape[1:3]
    window = window_parameters(source, output, options, (height, width))
    names = ("input_height", "input_width", "output_height", "output_width", "stride_height", "stride_width")
    values = {name: window[name] for name in (*names, "padding_top", "padding_left")} | {
        "positions": prod(output.shape[:3]),
        "input_channels": source.shape[3],
        "kernel_height": height,
        "kernel_width": width,
        "input_zero_point": source.zero_point,
        "spare_columns": -(-(row_bytes - width * source.shape[3]) // source.shape[3]),
    }
    return {f"geometry.{name}": value for name, value in values.items()}
