"""Stage 5, schedule: which runs of calls advance row by row.

Segments begin and end between two calls where few tensors are alive. Of all ways to cut the calls into segments and single calls, dynamic
programming finds the fastest below any limit of RAM: limits from that of the fastest downwards give all that are worth a choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..decision import Decision
from ..lower import Lowering
from ..lower.call import UNLIMITED, Call
from . import memory
from .in_place import InPlace
from .lives import Lives, external
from .stream import Ring, Segment, Streams

MOST_CROSSING = 1
"""Tensors that are alive where a segment may begin or end."""
MOST_SCHEDULES = 40
ROWS = (1, 2, 4)
"""That the calls of a segment make in a turn."""


@dataclass(frozen=True)
class Schedule:
    """The segments of a lowering, in order; calls in none of them run once, whole."""

    segments: tuple[Segment, ...]
    peak: int
    pushed: bool
    decisions: tuple[Decision, ...] = ()

    def segment_of(self, number: int) -> Segment | None:
        return next((segment for segment in self.segments if segment.first <= number <= segment.last), None)

    def in_place(self, lives: Lives) -> dict[int, InPlace]:
        """The first of the calls that write something over something, whole or by rows → what."""
        whole = {number: pair for number, pair in lives.in_place.items() if self.segment_of(number) is None}
        return whole | {segment.first: segment.in_place for segment in self.segments if segment.in_place}

    def life(self, first: int, last: int, ring: Ring | None) -> tuple[int, int]:
        """The first and the last call between which a tensor needs its bytes, that is written at ``first`` and last read at ``last``: what is whole,
        or carried from pass to pass, as long as the segments that touch it."""
        if ring is not None and not ring.carried:
            return first, last
        begins, ends = self.segment_of(first), self.segment_of(last)
        return begins.first if begins else first, ends.last if ends else last


def schedules(lowering: Lowering, lives: Lives) -> Iterator[Schedule]:
    """From the fastest, which is every call whole, to the one with the lowest peak: none is both slower and higher than another.

    The bytes of inputs count unless the only one arrives in rows, which it can if it is read nowhere else. Segments are looked at only where
    more than the first schedule is asked for.
    """
    calls = lowering.calls
    singles = [_single(lives, number, call) for number, call in enumerate(calls)]
    peak = max(singles, default=0) + lives.input_bytes
    yield Schedule((), peak, False)
    cuts = frozenset(n for n in range(len(calls) + 1) if n in (0, len(calls)) or len(lives.crossing(n)) <= MOST_CROSSING)
    candidates = _candidates(lowering, lives, cuts)
    for _ in range(1, MOST_SCHEDULES):
        limit = peak - max(1, peak // 100)
        whole = _best(singles, candidates, limit - lives.input_bytes, False)
        pushed = _best(singles, candidates, limit, True)
        ways = [(way[0], way[1] + (0 if way is pushed else lives.input_bytes), way[2]) for way in (whole, pushed) if way]
        if not ways:
            return
        _, peak, segments = min(ways, key=lambda way: way[:2])
        yield Schedule(segments, peak, bool(segments) and segments[0].pushed)


def _candidates(lowering: Lowering, lives: Lives, cuts: frozenset[int]) -> dict[int, list[tuple[Segment, int, int]]]:
    """The call behind its end → segments, with their peak and the instructions that they take more than the same calls whole."""
    calls, graph = lowering.calls, lowering.graph
    pushed = frozenset(map(lowering.storage, graph.inputs)) if len(graph.inputs) == 1 else frozenset()
    fixed = frozenset(external(lowering, False)) - pushed
    streams, whole = Streams(lowering), [call.least_cost for call in calls]
    candidates: dict[int, list[tuple[Segment, int, int]]] = {}
    for first in sorted(cuts - {len(calls)}):
        for segment in (s for rows in ROWS for s in streams.from_call(first, rows, cuts, pushed, fixed, lives)):
            tiled = replace(segment, turns=tuple(turns.tiled(UNLIMITED) for turns in segment.turns))
            extra = tiled.cost() - sum(whole[segment.first : segment.last + 1])
            candidates.setdefault(segment.last + 1, []).append((segment, _peak(lives, segment), max(1, extra)))
    return candidates


def _single(lives: Lives, number: int, call: Call) -> int:
    """Bytes in the arena while a call runs whole."""
    alive = sum(
        memory.aligned(size) for tensor, size in lives.bytes.items() if lives.first[tensor] <= number <= lives.last[tensor]
    )
    pair = lives.in_place.get(number)
    return alive + memory.aligned(call.least_scratch) - (pair.saved(lives.bytes) if pair else 0)


def _peak(lives: Lives, segment: Segment) -> int:
    """Bytes in the arena while a segment runs: what is whole or carried lives all the time, the rest from its call to its last reader."""
    always = 0
    for tensor, size in lives.bytes.items():
        if lives.first[tensor] <= segment.last and segment.first <= lives.last[tensor] and tensor not in segment.rings:
            always += memory.aligned(size)
    passing = np.zeros(segment.last + 1 - segment.first, np.int64)
    for tensor, ring in segment.rings.items():
        if ring.carried:
            always += memory.aligned(ring.bytes)
        else:
            passing[lives.first[tensor] - segment.first : lives.last[tensor] + 1 - segment.first] += memory.aligned(ring.bytes)
    passing += [memory.aligned(max(piece.least_scratch for piece in turns.pieces)) for turns in segment.turns]
    saved = segment.in_place.saved(lives.bytes) if segment.in_place else 0
    return always + int(passing.max()) - saved


Way = tuple[int, int, tuple[Segment, ...]]
"""Instructions more than whole calls take, the peak, and the segments."""


def _best(singles: list[int], candidates: dict[int, list[tuple[Segment, int, int]]], limit: int, pushed: bool) -> Way | None:
    """Dynamic programming over the end of the calls planned so far: the fewest instructions more than whole calls take, with a peak below the
    limit; None where there is none. The input is ``pushed`` into the first segment, or into none."""
    found: list[Way | None] = [(0, 0, ())]
    for end, single in enumerate(singles, 1):
        choices = []
        before = found[end - 1]
        if before and single <= limit and (end > 1 or not pushed):
            choices.append((before[0], max(before[1], single), before[2]))
        for segment, peak, extra in candidates.get(end, ()):
            before = found[segment.first]
            if before and peak <= limit and segment.pushed == (pushed and segment.first == 0):
                choices.append((before[0] + extra, max(before[1], peak), (*before[2], segment)))
        found.append(min(choices, key=lambda choice: choice[:2], default=None))
    return found[-1]
