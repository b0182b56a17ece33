"""Shapes: window arithmetic and broadcasting, shared by the check, reference and lowering stages."""

from __future__ import annotations

from dataclasses import dataclass

# "SAME", "VALID", or explicit: ((top, bottom), (left, right)).
Padding = str | tuple[tuple[int, int], tuple[int, int]]


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
