"""Kernels for cores that have sixteen-bit instructions only (Armv6-M): operator → a call, or why there is none."""

from __future__ import annotations

from collections.abc import Callable

from ...graph import Graph, Operator
from ..call import Call
from ..fully_connected import as_convolution
from . import convolution, depthwise, elementwise

THUMB_LOWERINGS: dict[str, Callable[[Graph, Operator], Call | str]] = {
    "CONV_2D": convolution.conv_2d,
    "FULLY_CONNECTED": as_convolution(convolution.conv_2d),
    "DEPTHWISE_CONV_2D": depthwise.depthwise_conv_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
}
