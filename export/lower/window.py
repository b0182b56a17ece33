"""What convolutions and pooling have in common: a window that slides over an image."""

from __future__ import annotations

from ..geometry import spans
from ..graph import ConvolutionOptions, PoolingOptions, Tensor
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
