"""PAD, PADV2, MIRROR_PAD, RESHAPE, SQUEEZE, EXPAND_DIMS, CONCATENATION and PACK: bytes move, values stay."""

from __future__ import annotations

import numpy as np

from ..graph import ConcatenationOptions, Graph, MirrorPadOptions, Operator, StackOptions


def pad(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Pads with real zero: the output's zero point."""
    return np.pad(inputs[0], inputs[1].tolist(), constant_values=graph.output_of(operator).zero_point)


def pad_v2(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return np.pad(inputs[0], inputs[1].tolist(), constant_values=int(inputs[2].reshape(-1)[0]))


def reshape(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    return inputs[0].reshape(graph.output_of(operator).shape)


def concatenation(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Joins the stored bytes: all operands are quantized alike."""
    options = operator.options
    assert isinstance(options, ConcatenationOptions)
    return np.concatenate(inputs, axis=options.axis)


def pack(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, StackOptions)
    return np.stack(inputs, axis=options.axis)


def mirror_pad(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, MirrorPadOptions)
    return np.pad(inputs[0], inputs[1].tolist(), mode="reflect" if options.mode == "REFLECT" else "symmetric")
