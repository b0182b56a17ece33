"""Hypothesis strategies: random models of one operator each, and random inputs for them. One module per family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import activation, convolution, elementwise, fully_connected, movement, pooling, reduction, resize, softmax, svdf
from .base import Case

FAMILIES: dict[str, Callable[[], Any]] = {
    "convolution": convolution.convolution,
    "depthwise_convolution": lambda: convolution.convolution(depthwise=True),
    "fully_connected": fully_connected.fully_connected,
    "pooling": pooling.pooling,
    "elementwise": elementwise.elementwise,
    "activation": activation.unary,
    "boundary": activation.boundary,
    "reduction": reduction.reduction,
    "resize": resize.resize,
    "padding": movement.padding,
    "concatenation": movement.concatenation,
    "reshape": movement.reshape,
    "softmax": softmax.softmax,
    "svdf": svdf.svdf,
}

__all__ = ["FAMILIES", "Case"]
