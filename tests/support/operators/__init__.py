"""Hypothesis strategies: random models of one operator each, and random inputs for them. One module per family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    activation,
    batch_matmul,
    comparison,
    convolution,
    elementwise,
    floating,
    fully_connected,
    movement,
    normalization,
    pooling,
    rearrangement,
    reduction,
    resize,
    slicing,
    softmax,
    svdf,
)
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
    "comparison": comparison.comparison,
    "selection": comparison.selection,
    "cast": comparison.cast,
    "float_binary": floating.binary,
    "float_unary": floating.unary,
    "reduction": reduction.reduction,
    "cumsum": reduction.cumsum,
    "add_n": reduction.add_n,
    "arg_extreme": reduction.arg_extreme,
    "resize": resize.resize,
    "attention": resize.attention,
    "padding": movement.padding,
    "concatenation": movement.concatenation,
    "reshape": movement.reshape,
    "mirror_padding": movement.mirror_padding,
    "packing": movement.packing,
    "view": movement.view,
    "slice": slicing.plain,
    "strided_slice": slicing.strided,
    "split": slicing.split,
    "unpack": slicing.unpack,
    "gather": slicing.gather,
    "transpose": rearrangement.transpose,
    "reverse": rearrangement.reverse,
    "broadcast_to": rearrangement.broadcast_to,
    "space_and_depth": rearrangement.space_and_depth,
    "space_to_batch": rearrangement.space_to_batch,
    "batch_to_space": rearrangement.batch_to_space,
    "softmax": softmax.softmax,
    "log_softmax": softmax.log_softmax,
    "l2_normalization": normalization.l2_normalization,
    "svdf": svdf.svdf,
}

__all__ = ["FAMILIES", "Case"]
