"""Which of several candidates no other one beats."""

from collections.abc import Sequence


def pareto_front(points: Sequence[tuple[float, ...]]) -> list[int]:
    """Indexes, ascending, of the points that no other point dominates; more is better in every coordinate.

    A point dominates another if it is nowhere worse and somewhere better; equal points therefore stand together.
    """
    return [index for index, point in enumerate(points) if not any(_dominates(other, point) for other in points)]


def _dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))
