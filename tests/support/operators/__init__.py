"""Hypothesis strategies: random models of one operator each, and random inputs for them. One module per family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import activation, batch_matmul, convolution, elementwise, fully_connected, movement, pooling, reduction, resize, softmax
from .base import Case

FAMILIES: dict[str, Callable[[], Any]] = {
    "convolution": convolution.convolution,
    "depthwise_convolution": lambda: convolution.convolution(depthwise=True),
    "transpose_convolution": convolution.transpose_convolution,
    "fully_connected": fully_connected.fully_connected,
    "batch_matmul": batch_matmul.batch_matmul,
    "pooling": pooling.pooling,
    "elementwise": elementwise.elementwise,
    "activation": activation.unary,
    "boundary": activation.boundary,
    "reduction": reduction.reduction,
    "arg_extreme": reduction.arg_extreme,
    "resize": resize.resize,
    "padding": movement.padding,
    "concatenation": movement.concatenation,
    "reshape": movement.reshape,
    "softmax": softmax.softmax,
}

__all__ = ["FAMILIES", "Case"]
