"""Placing buffers in the arena: every buffer has a size and a first and last step; two that live at the same time must not overlap."""

from __future__ import annotations

import random
from dataclasses import dataclass

ALIGNMENT = 4
ATTEMPTS = 200
PAIRS = 2_000_000


@dataclass(frozen=True)
class Request:
    """A buffer to place: it lives from step ``first`` to step ``last``, both included."""

    bytes: int
    first: int
    last: int


@dataclass(frozen=True)
class Placement:
    offsets: tuple[int, ...]
    bytes: int
    lower_bound: int


def place(requests: list[Request]) -> Placement:
    """Offsets for every request and the arena size. Deterministic.

    Buffers are placed one after another at the lowest offset that is free while they live. The order decides how well that goes: by size,
    by lifetime and by start are tried, then variations of the best until it meets the lower bound (the most bytes alive at one step).
    """
    bound = lower_bound(requests)
    indices = range(len(requests))
    orders = [
        sorted(indices, key=lambda i: (-requests[i].bytes, requests[i].first)),
        sorted(indices, key=lambda i: (requests[i].first - requests[i].last, -requests[i].bytes)),
        sorted(indices, key=lambda i: (requests[i].first, -requests[i].bytes)),
    ]
    best_order = min(orders, key=lambda order: _size(requests, _pack(requests, order)))
    best = _pack(requests, best_order)
    generator = random.Random(0)
    # Packing n buffers compares n² pairs: the larger the model, the fewer variations.
    for _ in range(min(ATTEMPTS, PAIRS // max(1, len(requests) ** 2))):
        if _size(requests, best) <= bound:
            break
        order = list(best_order)
        i, j = generator.randrange(len(order)), generator.randrange(len(order))
        order[i], order[j] = order[j], order[i]
        offsets = _pack(requests, order)
        if _size(requests, offsets) <= _size(requests, best):
            best_order, best = order, offsets
    return Placement(tuple(best), _size(requests, best), bound)


def lower_bound(requests: list[Request]) -> int:
    """The most bytes that are alive at one step: no placement can be smaller."""
    steps = {request.first for request in requests}
    return max((sum(aligned(r.bytes) for r in requests if r.first <= step <= r.last) for step in steps), default=0)


def _pack(requests: list[Request], order: list[int]) -> list[int]:
    offsets = [0] * len(requests)
    placed: list[int] = []
    for i in order:
        request, offset = requests[i], 0
        alive = sorted(
            (offsets[j], j) for j in placed if requests[j].first <= request.last and request.first <= requests[j].last
        )
        for start, j in alive:
            if start - offset >= aligned(request.bytes):
                break
            offset = max(offset, start + aligned(requests[j].bytes))
        offsets[i] = offset
        placed.append(i)
    return offsets


def _size(requests: list[Request], offsets: list[int]) -> int:
    return max((offset + aligned(request.bytes) for offset, request in zip(offsets, requests, strict=True)), default=0)


def aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
