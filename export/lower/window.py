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
