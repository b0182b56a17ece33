"""PAD in front of a window that pads by itself becomes the window's padding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..decision import Decision
from ..geometry import explicit_padding
from ..graph import ConvolutionOptions, Graph, Operator, PoolingOptions, Tensor
from .rewrite import Rewrite, is_activation, readers, same_quantization, saving


def pads(graph: Graph) -> Rewrite:
    """A PAD goes where all its readers can do its work: convolutions if it pads the zero point, MAX_POOL_2D if it pads -128."""
    reading = readers(graph)
    folded: dict[int, Operator] = {}
    gone: set[int] = set()
    done, kept = [], []
    for pad in graph.operators:
        if pad.kind not in ("PAD", "PADV2") or pad.outputs[0] in graph.results:
            continue
        followers = reading.get(pad.outputs[0], [])
        reasons = [_obstacle(graph, pad, reader) for reader in followers]
        obstacle = next((reason for reason in reasons if reason), None)
        if not followers or obstacle:
            if obstacle:
                kept.append(Decision(pad.name, "kept", f"padding in {followers[0].kind}", obstacle, "nothing"))
            continue
        for reader in followers:
            folded[reader.index] = _folded(graph, pad, reader)
        gone.add(pad.index)
        names = ", ".join(reader.name for reader in followers)
        saved = saving(calls=1, buffers=graph.output_of(pad).elements)
        done.append(Decision(pad.name, f"padding of {names}", pad.kind, "what it pads counts as nothing there", saved))
    if not done:
        return Rewrite(graph, kept=tuple(kept))
    operators = tuple(folded.get(o.index, o) for o in graph.operators if o.index not in gone)
    return Rewrite(replace(graph, operators=operators), tuple(done), tuple(kept))


def _widths(graph: Graph, pad: Operator) -> np.ndarray | None:
    """The constant padding widths of an image's rows and columns, [2, 2]; None where others are padded too."""
    widths = graph.input_of(pad, 1).data
    if widths is None or widths.shape != (4, 2) or widths[[0, 3]].any() or (widths < 0).any():
        return None
    return widths[1:3]


def _value(graph: Graph, pad: Operator) -> int | None:
    if pad.kind == "PAD":
        return graph.output_of(pad).zero_point
    value = graph.input_of(pad, 2).data
    return None if value is None else int(value.reshape(-1)[0])


def _window(graph: Graph, reader: Operator) -> tuple[tuple[int, int], tuple[int, int]]:
    """Taps and dilation."""
    if isinstance(reader.options, PoolingOptions):
        return reader.options.window, (1, 1)
    assert isinstance(reader.options, ConvolutionOptions)
    height, width = graph.input_of(reader, 1).shape[1:3]
    return (height, width), reader.options.dilation


def _obstacle(graph: Graph, pad: Operator, reader: Operator) -> str | None:
    """Why this reader cannot pad instead; None where it can."""
    source, padded = graph.input_of(pad, 0), graph.output_of(pad)
    if not is_activation(source) or not is_activation(padded):
        return "it does not pad int8 values"
    widths, value = _widths(graph, pad), _value(graph, pad)
    if widths is None or value is None:
        return "it pads more than rows and columns"
    if reader.inputs[0] != padded.index:
        return f"{reader.name} does not slide a window over it"
    if reader.kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        if not same_quantization(source, padded):
            return "it changes the quantization"
        return None if value == padded.zero_point else f"{value} is not the zero point {padded.zero_point}"
    if reader.kind == "MAX_POOL_2D":
        window, _ = _window(graph, reader)
        # A window inside the padding alone would have no value.
        inside = all(int(side.max()) < taps for side, taps in zip(_explicit(graph, pad, reader), window, strict=True))
        return None if value == -128 and inside else f"{value} may be the largest value of a window"
    if reader.kind == "AVERAGE_POOL_2D":
        return "AVERAGE_POOL_2D does not count padding"
    return f"{reader.kind} has no padding"


def _explicit(graph: Graph, pad: Operator, reader: Operator) -> tuple[np.ndarray, np.ndarray]:
    """The PAD's widths and the reader's own, added: rows and columns, each [2]."""
    options, widths = reader.options, _widths(graph, pad)
    assert isinstance(options, ConvolutionOptions | PoolingOptions) and widths is not None
    padded: Tensor = graph.output_of(pad)
    window, dilation = _window(graph, reader)
    own = explicit_padding(padded.shape, window, options.stride, dilation, options.padding)
    return widths[0] + own[0], widths[1] + own[1]


def _folded(graph: Graph, pad: Operator, reader: Operator) -> Operator:
    options = reader.options
    assert isinstance(options, ConvolutionOptions | PoolingOptions)
    (top, bottom), (left, right) = (side.tolist() for side in _explicit(graph, pad, reader))
    padding = ((top, bottom), (left, right))
    return replace(reader, inputs=(pad.inputs[0], *reader.inputs[1:]), options=replace(options, padding=padding))
