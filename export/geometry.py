"""Shapes: window arithmetic, broadcasting and slicing, shared by the check, reference and lowering stages."""

from __future__ import annotations

from dataclasses import dataclass

from .graph import ConvolutionOptions, Padding, StridedSliceOptions


@dataclass(frozen=True)
class Span:
    """One spatial axis of a sliding window: output size and the padding before the first element (the rest follows from them)."""

    output: int
    before: int


def span(size: int, window: int, stride: int, dilation: int, padding: str | tuple[int, int]) -> Span:
    """Output size and leading padding of a window along one axis: by TensorFlow's SAME and VALID rules, or padded (before, after)."""
    reach = (window - 1) * dilation + 1
    if padding == "SAME":
        output = -(-size // stride)
        return Span(output, max(0, (output - 1) * stride + reach - size) // 2)
    before, after = (0, 0) if isinstance(padding, str) else padding
    return Span(max(0, -(-(before + size + after - reach + 1) // stride)), before)


def spans(
    shape: tuple[int, ...], window: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int], padding: Padding
) -> tuple[Span, Span]:
    """The spans of a window over the rows and the columns of an NHWC tensor of this shape."""
    sides = (padding, padding) if isinstance(padding, str) else padding
    rows, columns = (span(shape[i + 1], window[i], stride[i], dilation[i], sides[i]) for i in range(2))
    return rows, columns


def explicit_padding(
    shape: tuple[int, ...], window: tuple[int, ...], stride: tuple[int, int], dilation: tuple[int, int], padding: Padding
) -> tuple[tuple[int, int], tuple[int, int]]:
    """((top, bottom), (left, right)) of the padding that windows touch; with it, ``spans`` gives the same."""
    sides = spans(shape, window, stride, dilation, padding)
    rows, columns = (
        (side.before, max(0, (side.output - 1) * stride[i] + (window[i] - 1) * dilation[i] + 1 - side.before - shape[i + 1]))
        for i, side in enumerate(sides)
    )
    return rows, columns


def padding_of_output(shape: tuple[int, ...], window: tuple[int, int], options: ConvolutionOptions) -> tuple[int, int]:
    """Rows and columns that a TRANSPOSE_CONV drops before its output of this NHWC shape: those a convolution back would pad."""
    rows, columns = spans(shape, window, options.stride, (1, 1), options.padding)
    return rows.before, columns.before


Four = tuple[int, int, int, int]


@dataclass(frozen=True)
class Broadcast:
    """An elementwise walk over at most four axes: sizes, and the step of each operand per axis (0 where it is repeated)."""

    sizes: Four
    first: Four
    second: Four


def broadcast_shape(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """NumPy's broadcasting; None where the shapes do not agree."""
    rank = max(map(len, shapes))
    sizes = []
    for across in zip(*(_extend(shape, rank) for shape in shapes), strict=True):
        others = set(across) - {1}
        if len(others) > 1:
            return None
        sizes.append(others.pop() if others else 1)
    return tuple(sizes)


def broadcast_axes(*shapes: tuple[int, ...]) -> list[tuple[int, tuple[bool, ...]]]:
    """The axes to walk for shapes that broadcast: size, and which operands step along. Neighbours that step alike are merged."""
    rank = max(map(len, shapes))
    axes: list[tuple[int, tuple[bool, ...]]] = []
    for across in zip(*(_extend(shape, rank) for shape in shapes), strict=True):
        size = max(across)
        here = tuple(length == size for length in across)
        if size > 1 and axes and axes[-1][1] == here:
            axes[-1] = (axes[-1][0] * size, here)
        elif size > 1:
            axes.append((size, here))
    return axes


def broadcast_walk(*shapes: tuple[int, ...]) -> tuple[Four, tuple[Four, ...]]:
    """The sizes of at most four axes over which shapes broadcast, and the steps of each operand."""
    axes = broadcast_axes(*shapes)
    axes = [(1, (True,) * len(shapes))] * (4 - len(axes)) + axes
    sizes = tuple(size for size, _ in axes)
    return _four(sizes), tuple(_steps(sizes, [here[operand] for _, here in axes]) for operand in range(len(shapes)))


def broadcast(first: tuple[int, ...], second: tuple[int, ...]) -> Broadcast:
    """The walk for two shapes that broadcast over at most four axes."""
    sizes, (first_steps, second_steps) = broadcast_walk(first, second)
    return Broadcast(sizes, first_steps, second_steps)


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


def _steps(sizes: tuple[int, ...], present: list[bool]) -> Four:
    steps, step = [], 1
    for size, here in zip(reversed(sizes), reversed(present), strict=True):
        steps.append(step if here and size > 1 else 0)
        step *= size if here else 1
    return _four(tuple(reversed(steps)))


def _four(values: tuple[int, ...]) -> Four:
    a, b, c, d = values
    return a, b, c, d
