"""Kernels for cores with the DSP extension: operator → a call, or why there is none.

The arithmetic of one output (see firmware_templates/kernels/an_dsp_in_c.h) is exact within limits that are proven here, per channel.
"""

from __future__ import annotations

from collections.abc import Callable

from ...graph import Graph, Operator
from ..call import Call
from ..fully_connected import as_convolution
from . import convolution, depthwise, elementwise, fully_connected, pooling

DSP_LOWERINGS: dict[str, Callable[[Graph, Operator], Call | str]] = {
    "CONV_2D": convolution.conv_2d,
    "FULLY_CONNECTED": as_convolution(convolution.conv_2d),
    "DEPTHWISE_CONV_2D": depthwise.depthwise_conv_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
}

# Row by row, where that is the cheaper way.
DSP_ROW_LOWERINGS: dict[str, Callable[[Graph, Operator], Call | str]] = {
    "CONV_2D": fully_connected.fully_connected,
    "FULLY_CONNECTED": as_convolution(fully_connected.fully_connected),
}
