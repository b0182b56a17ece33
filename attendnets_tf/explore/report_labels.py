"""Where the names of points go in a plot, so that they can be read and hide little."""

from collections.abc import Sequence
from itertools import product
from math import cos, pi, sin

DISTANCES, DIRECTIONS = (10.0, 18.0, 30.0, 45.0, 62.0), 16
OUTSIDE, ON_LABEL, ON_OBSTACLE = 1000.0, 100.0, 4.0  # what a place costs; a point of distance costs 0.1
MARGIN = 1.5

Point = tuple[float, float]


def place_labels(points: Sequence[Point], sizes: Sequence[Point], obstacles: Sequence[Point], area: Point) -> list[Point]:
    """The centre of every label: of the places around its point, the one that costs least beside the labels placed before.

    All in one unit, points of a page: ``points`` to label and the labels' ``sizes`` (width, height), ``obstacles`` that should stay
    visible, and the size of the ``area`` in which labels must lie, its origin a corner.
    """
    centres: list[Point] = []
    for (x, y), (width, height) in zip(points, sizes, strict=True):
        places = []
        for distance, step in product(DISTANCES, range(DIRECTIONS)):
            angle = 2 * pi * step / DIRECTIONS
            # The label's nearest edge, not its centre, is at the distance.
            centre = (x + cos(angle) * (distance + width / 2), y + sin(angle) * (distance + height / 2))
            cost = 0.1 * distance
            cost += OUTSIDE * any(
                not side / 2 <= along <= whole - side / 2
                for along, side, whole in zip(centre, (width, height), area, strict=True)
            )
            cost += ON_LABEL * sum(
                _near(centre, other, ((width + size[0]) / 2 + MARGIN, (height + size[1]) / 2 + MARGIN))
                for other, size in zip(centres, sizes, strict=False)
            )
            cost += ON_OBSTACLE * sum(_near(centre, other, (width / 2 + MARGIN, height / 2 + MARGIN)) for other in obstacles)
            places.append((round(cost, 6), centre))
        centres.append(min(places, key=lambda place: place[0])[1])
    return centres


def _near(one: Point, other: Point, reach: Point) -> bool:
    return abs(one[0] - other[0]) < reach[0] and abs(one[1] - other[1]) < reach[1]
