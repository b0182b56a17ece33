"""Placing buffers in the arena: every buffer has a size and a first and last step; two that live at the same time must not overlap.

Only where one is written over another as that is read may they: the first must then begin where the second does, or before.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ALIGNMENT = 4
ATTEMPTS, ATTEMPTS_FROM_ONE = 2400, 400
PAIRS = 40_000_000


@dataclass(frozen=True)
class Request:
    """A buffer to place: it lives from step ``first`` to step ``last``, both included."""

    bytes: int
    first: int
    last: int


Pairs = frozenset[tuple[int, int]]
"""(Written, read), by their places in the list of requests: the first may be written over the second."""


@dataclass(frozen=True)
class Placement:
    offsets: tuple[int, ...]
    bytes: int
    lower_bound: int


def place(requests: list[Request], boundary: int | None = None, pairs: Pairs = frozenset()) -> Placement:
    """Offsets for every request and the arena size. Deterministic. No buffer lies on both sides of the ``boundary`` between two banks.

    Buffers are placed one after another at the lowest offset that is free while they live. The order decides how well that goes: several
    are tried and varied until one meets the lower bound (the most bytes alive at one step).
    """
    bound, rivals = lower_bound(requests, pairs), _rivals(requests, pairs)
    packings = [_Packing.of(requests, rivals, order, boundary) for order in _orders(requests)]
    packings.sort(key=lambda packing: packing.bytes)
    best = packings[0]
    # Packing n buffers compares n² pairs: the larger the model, the fewer variations.
    attempts = min(ATTEMPTS, PAIRS // max(1, len(requests) ** 2))
    for start in range(0, attempts, ATTEMPTS_FROM_ONE):
        generator, found = random.Random(start), packings[start // ATTEMPTS_FROM_ONE % len(packings)]
        for attempt in range(min(ATTEMPTS_FROM_ONE, attempts - start)):
            if best.bytes <= bound:
                break
            varied = _Packing.of(requests, rivals, _varied(requests, found, generator, attempt), boundary)
            found = varied if varied.bytes <= found.bytes else found
            best = found if found.bytes < best.bytes else best
    return Placement(best.offsets, best.bytes, bound)


@dataclass(frozen=True)
class _Packing:
    order: tuple[int, ...]
    offsets: tuple[int, ...]
    bytes: int

    @classmethod
    def of(cls, requests: list[Request], rivals: list[list[Rival]], order: Sequence[int], boundary: int | None) -> _Packing:
        offsets = _pack(requests, rivals, order, boundary)
        return cls(tuple(order), tuple(offsets), _size(requests, offsets))


def _orders(requests: list[Request]) -> list[list[int]]:
    """By size, by size and lifetime, by lifetime, by end, and by start."""

    def life(i: int) -> int:
        return requests[i].last + 1 - requests[i].first

    keys: tuple[Callable[[int], tuple[int, int]], ...] = (
        lambda i: (-requests[i].bytes, requests[i].first),
        lambda i: (-requests[i].bytes * life(i), requests[i].first),
        lambda i: (-life(i), -requests[i].bytes),
        lambda i: (-requests[i].last, -requests[i].bytes),
        lambda i: (requests[i].first, -requests[i].bytes),
    )
    return [sorted(range(len(requests)), key=key) for key in keys]


def _varied(requests: list[Request], packing: _Packing, generator: random.Random, attempt: int) -> list[int]:
    """Two buffers exchanged or, every other time, the one that ends highest placed earlier."""
    order = list(packing.order)
    if attempt % 2:
        i, j = generator.randrange(len(order)), generator.randrange(len(order))
        order[i], order[j] = order[j], order[i]
    else:
        highest = max(range(len(order)), key=lambda place: packing.offsets[order[place]] + requests[order[place]].bytes)
        order.insert(generator.randrange(highest + 1), order.pop(highest))
    return order


def lower_bound(requests: list[Request], pairs: Pairs = frozenset()) -> int:
    """The most bytes that are alive at one step: no placement can be smaller."""
    most = 0
    for step in {request.first for request in requests}:
        alive = {i: aligned(r.bytes) for i, r in enumerate(requests) if r.first <= step <= r.last}
        shared = sum(min(alive[written], alive[read]) for written, read in pairs if written in alive and read in alive)
        most = max(most, sum(alive.values()) - shared)
    return most


Rival = tuple[int, int, int]
"""A buffer that lives at the same time, and where this one must not begin: less than so many bytes below it, and so many above."""


def _rivals(requests: list[Request], pairs: Pairs) -> list[list[Rival]]:
    rivals: list[list[Rival]] = [[] for _ in requests]
    sizes = [aligned(request.bytes) for request in requests]
    for i, request in enumerate(requests):
        for j, other in enumerate(requests):
            if i != j and other.first <= request.last and request.first <= other.last:
                rivals[i].append((j, 0 if (i, j) in pairs else sizes[i], 0 if (j, i) in pairs else sizes[j]))
    return rivals


def _pack(requests: list[Request], rivals: list[list[Rival]], order: Sequence[int], boundary: int | None = None) -> list[int]:
    """Each at the first offset that is in none of the ranges that those before it forbid."""
    offsets = [-1] * len(requests)
    for i in order:
        offset, size = 0, aligned(requests[i].bytes)
        forbidden = sorted((offsets[j] - below, offsets[j] + above) for j, below, above in rivals[i] if offsets[j] >= 0)
        for low, high in forbidden:
            offset = _on_one_side(offset, size, boundary)
            if offset <= low:
                break
            offset = max(offset, high)
        offsets[i] = _on_one_side(offset, size, boundary)
    return offsets


def _on_one_side(offset: int, size: int, boundary: int | None) -> int:
    """The first offset from this on that leaves ``size`` bytes on one side of the boundary."""
    return boundary if boundary is not None and offset < boundary < offset + size else offset


def _size(requests: list[Request], offsets: Sequence[int]) -> int:
    return max((offset + aligned(request.bytes) for offset, request in zip(offsets, requests, strict=True)), default=0)


def aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
