"""STRIDED_SLICE, SLICE, SPLIT, SPLIT_V, UNPACK and GATHER: parts of a tensor."""

from __future__ import annotations

import numpy as np

from ..geometry import strided_ranges
from ..graph import GatherOptions, Graph, Operator, StackOptions, StridedSliceOptions


def slice_(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    source, begin, size = inputs
    return source[tuple(slice(b, None if s == -1 else b + s) for b, s in zip(begin.tolist(), size.tolist(), strict=True))]


def strided_slice(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    """Beginnings and ends out of range are clamped; a shrunk axis keeps the one value at its beginning."""
    options = operator.options
    assert isinstance(options, StridedSliceOptions)
    source, *bounds = inputs
    begin, end, strides = (values.reshape(-1).tolist() for values in bounds)
    taken = source[np.ix_(*strided_ranges(options, begin, end, strides, source.shape))]
    return taken.reshape(graph.output_of(operator).shape)


def split(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    axis, source = inputs
    return tuple(np.split(source, len(operator.outputs), int(axis.reshape(-1)[0])))


def split_v(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """The outputs' shapes say how large the parts are; the reference kernel does not read the sizes at input 1."""
    source, axis = inputs[0], int(inputs[2].reshape(-1)[0])
    ends = np.cumsum([graph.tensors[index].shape[axis] for index in operator.outputs])
    return tuple(np.split(source, ends[:-1], axis))


def unpack(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    options = operator.options
    assert isinstance(options, StackOptions)
    return tuple(np.asarray(part) for part in np.moveaxis(inputs[0], options.axis, 0))


def gather(graph: Graph, operator: Operator, inputs: list[np.ndarray]) -> np.ndarray:
    options = operator.options
    assert isinstance(options, GatherOptions)
    source, indices = inputs
    return _gather(source, indices, options.axis % source.ndim, options.shared(indices.ndim))


def _gather(source: np.ndarray, indices: np.ndarray, axis: int, batch_axes: int) -> np.ndarray:
    if batch_axes == 0:
        return np.asarray(np.take(source, indices, axis))
    pairs = zip(source, indices, strict=True)
    return np.stack([_gather(batch, own_indices, axis - 1, batch_axes - 1) for batch, own_indices in pairs])
