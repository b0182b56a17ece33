"""Kernels for cores with Helium (MVE): operator → a call, or why there is none.

Vectors requantize as the reference does, in two roundings, for any sum. Shifts to the left, which the reference does before multiplying,
are left to other kernels.
"""

from __future__ import annotations

from collections.abc import Callable

from ...graph import Graph, Operator
from ..call import Call
from ..fully_connected import as_convolution
from . import convolution, depthwise, elementwise, fully_connected, pooling

MVE_LOWERINGS: dict[str, Callable[[Graph, Operator], Call | str]] = {
    "CONV_2D": convolution.conv_2d,
    "FULLY_CONNECTED": as_convolution(convolution.conv_2d),
    "DEPTHWISE_CONV_2D": depthwise.depthwise_conv_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
}

# Row by row, where that is the cheaper way.
MVE_ROW_LOWERINGS: dict[str, Callable[[Graph, Operator], Call | str]] = {
    "CONV_2D": fully_connected.fully_connected,
    "FULLY_CONNECTED": as_convolution(fully_connected.fully_connected),
}
