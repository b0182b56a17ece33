"""Shapes: window arithmetic, broadcasting and slicing, shared by the check, reference and lowering stages."""

from __future__ import annotations

from dataclasses import dataclass

from .graph import ConvolutionOptions, StridedSliceOptions


@dataclass(frozen=True)
class Span:
    """One spatial axis of a sliding window: output size and the padding before the first element (the rest follows from them)."""

    output: int
    before: int


def span(size: int, window: int, stride: int, dilation: int, padding: str) -> Span:
    """Output size and leading padding of a window along one axis, by TensorFlow's SAME and VALID rules."""
    reach = (window - 1) * dilation + 1
    if padding == "VALID":
        return Span(max(0, -(-(size - reach + 1) // stride)), 0)
    output = -(-size // stride)
    return Span(output, max(0, (output - 1) * stride + reach - size) // 2)


def spans(
    shape: tuple[int, ...], window: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int], padding: str
) -> tuple[Span, Span]:
    """The spans of a window over the rows and the columns of an NHWC tensor of this shape."""
    rows, columns = (span(shape[i + 1], window[i], stride[i], dilation[i], padding) for i in range(2))
    return rows, columns


def padding_of_output(shape: tuple[int, ...], window: tuple[int, int], options: ConvolutionOptions) -> tuple[int, int]:
    """Rows and columns that a TRANSPOSE_CONV drops before its output of this NHWC shape: those a convolution back would pad."""
    rows, columns = spans(shape, window, options.stride, (1, 1), options.padding)
    return rows.before, columns.before


@dataclass(frozen=True)
class Broadcast:
    """An elementwise walk over at most four axes: sizes, and the step of each operand per axis (0 where it is repeated)."""

    sizes: tuple[int, int, int, int]
    first: tuple[int, int, int, int]
    second: tuple[int, int, int, int]


def broadcast_shape(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...] | None:
    """NumPy's broadcasting; None where the shapes do not agree."""
    rank = max(len(first), len(second))
    sizes = []
    for a, b in zip(_extend(first, rank), _extend(second, rank), strict=True):
        if a != b and 1 not in (a, b):
            return None
        sizes.append(b if a == 1 else a)
    return tuple(sizes)


def broadcast_axes(first: tuple[int, ...], second: tuple[int, ...]) -> list[tuple[int, bool, bool]]:
    """The axes to walk for two shapes that broadcast: size, and which operand steps along. Neighbours that step alike are merged."""
    rank = max(len(first), len(second))
    axes: list[tuple[int, bool, bool]] = []
    for x, y in zip(_extend(first, rank), _extend(second, rank), strict=True):
        size, here = max(x, y), (x == max(x, y), y == max(x, y))
        if size > 1 and axes and axes[-1][1:] == here:
            axes[-1] = (axes[-1][0] * size, *here)
        elif size > 1:
            axes.append((size, *here))
    return axes


def broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> Broadcast:
    """The walk for two shapes that broadcast over at most four axes."""
    axes = broadcast_axes(first, second)
    axes = [(1, True, True)] * (4 - len(axes)) + axes
    sizes = tuple(axis[0] for axis in axes)
    return Broadcast(_four(sizes), _steps(sizes, [axis[1] for axis in axes]), _steps(sizes, [axis[2] for axis in axes]))


def strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Elements between neighbours along each axis of a dense row-major tensor."""
    result, step = [], 1
    for size in reversed(shape):
        result.append(step)
        step *= size
    return tuple(reversed(result))


def normalized_axes(axes: list[int], rank: int) -> tuple[int, ...]:
    """Sorted, non-negative, without duplicates; ``axes`` must lie within the rank."""
    return tuple(sorted({axis % rank for axis in axes}))


def slice_ranges(begin: list[int], size: list[int], shape: tuple[int, ...]) -> tuple[range, ...]:
    """The positions that SLICE takes along each axis; a size of -1 takes the rest."""
    ends = [length if count == -1 else start + count for start, count, length in zip(begin, size, shape, strict=True)]
    return tuple(range(start, end) for start, end in zip(begin, ends, strict=True))


def strided_ranges(
    options: StridedSliceOptions, begin: list[int], end: list[int], strides: list[int], shape: tuple[int, ...]
) -> tuple[range, ...]:
    """The positions that STRIDED_SLICE takes along each axis, shrunk axes included; positions out of range are clamped."""
    ranges = []
    for axis, (size, first, last, stride) in enumerate(zip(shape, begin, end, strides, strict=True)):
        low, high = (0, size) if stride > 0 else (-1, size - 1)
        masked_first, masked_last = (low, high) if stride > 0 else (high, low)
        start = masked_first if options.begin_mask >> axis & 1 else min(max(first + size * (first < 0), low), high)
        stop = masked_last if options.end_mask >> axis & 1 else min(max(last + size * (last < 0), low), high)
        if options.shrink_axis_mask >> axis & 1:
            stop = min(start + 1, size)
        ranges.append(range(start, stop, stride))
    return tuple(ranges)


def kept_axes(ranges: tuple[range, ...], options: StridedSliceOptions) -> tuple[int, ...]:
    """The shape of what STRIDED_SLICE takes, without the shrunk axes."""
    return tuple(len(positions) for axis, positions in enumerate(ranges) if not options.shrink_axis_mask >> axis & 1)


def mirrored(size: int, before: int, after: int, mode: str) -> list[int]:
    """The input position of every output position of one axis of MIRROR_PAD. SYMMETRIC repeats the edge, REFLECT does not."""
    edge = int(mode == "REFLECT")
    return [*range(before - 1 + edge, edge - 1, -1), *range(size), *range(size - 1 - edge, size - 1 - edge - after, -1)]


def _extend(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    return (1,) * (rank - len(shape)) + shape


def _steps(sizes: tuple[int, ...], present: list[bool]) -> tuple[int, int, int, int]:
    steps, step = [], 1
    for size, here in zip(reversed(sizes), reversed(present), strict=True):
        steps.append(step if here and size > 1 else 0)
        step *= size if here else 1
    return _four(tuple(reversed(steps)))


def _four(values: tuple[int, ...]) -> tuple[int, int, int, int]:
    a, b, c, d = values
    return a, b, c, d
