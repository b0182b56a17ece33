"""Stage 5, schedule: which runs of calls advance row by row.

Segments begin and end between two calls where few tensors are alive. Of all ways to cut the calls into segments and single calls, the one with
the lowest peak is found by dynamic programming; where a limit of RAM is given, the one with the fewest streamed calls that stays below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..decision import Decision
from ..lower import Lowering
from ..lower.call import Call
from . import memory
from .lives import Lives, external
from .stream import Segment, Streams

MOST_CROSSING = 1
"""Tensors that are alive where a segment may begin or end."""


@dataclass(frozen=True)
class Schedule:
    """The segments of a lowering, in order; calls in none of them run once, whole."""

    segments: tuple[Segment, ...]
    peak: int
    pushed: bool
    decisions: tuple[Decision, ...] = ()

    def segment_of(self, number: int) -> Segment | None:
        return next((segment for segment in self.segments if segment.first <= number <= segment.last), None)


def streamed(lowering: Lowering, lives: Lives, limit: int | None) -> Schedule:
    """The schedule with the lowest peak or, with a ``limit`` of the arena's bytes, the one of fewest streamed calls below it, if there is one.

    The bytes of an input count unless it arrives in rows, which only one that is read nowhere else can.
    """
    calls, graph = lowering.calls, lowering.graph
    pushed = frozenset(map(lowering.storage, graph.inputs)) if len(graph.inputs) == 1 else frozenset()
    fixed = frozenset(external(lowering, False)) - pushed
    singles = [_single(lives, number, call) for number, call in enumerate(calls)]
    cuts = frozenset(n for n in range(len(calls) + 1) if n in (0, len(calls)) or len(lives.crossing(n)) <= MOST_CROSSING)
    streams = Streams(lowering)
    candidates: dict[int, list[tuple[Segment, int]]] = {}
    for first in sorted(cuts - {len(calls)}):
        for segment in streams.from_call(first, cuts, pushed, fixed, lives.last):
            candidates.setdefault(segment.last + 1, []).append((segment, _peak(lives, segment)))
    lowest = _best(len(calls), singles, candidates, lambda peak, moved: (peak, moved))
    if limit is None:
        return lowest
    fastest = _best(len(calls), singles, candidates, lambda peak, moved: (max(0, peak - limit), moved, peak))
    return fastest if fastest.peak <= limit else lowest


def _single(lives: Lives, number: int, call: Call) -> int:
    """Bytes in the arena while a call runs whole."""
    alive = sum(
        memory.aligned(size) for tensor, size in lives.bytes.items() if lives.first[tensor] <= number <= lives.last[tensor]
    )
    return alive + memory.aligned(_scratch(call))


def _scratch(call: Call) -> int:
    """At least."""
    return call.scratch + (call.tile.step * call.tile.bytes if call.tile else 0)


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
    passing += [memory.aligned(max(_scratch(piece) for piece in turns.pieces)) for turns in segment.turns]
    return always + int(passing.max())


def _best(
    count: int,
    singles: list[int],
    candidates: dict[int, list[tuple[Segment, int]]],
    worth: Callable[[int, int], tuple[int, ...]],
) -> Schedule:
    """Dynamic programming over the end of the calls planned so far: peak, streamed calls, segments; ``worth`` is to be least."""
    found: list[tuple[int, int, tuple[Segment, ...]]] = [(0, 0, ())]
    for end in range(1, count + 1):
        peak, moved, segments = found[end - 1]
        choices = [(max(peak, singles[end - 1]), moved, segments)]
        for segment, needed in candidates.get(end, ()):
            peak, moved, segments = found[segment.first]
            choices.append((max(peak, needed), moved + segment.last + 1 - segment.first, (*segments, segment)))
        found.append(min(choices, key=lambda choice: worth(choice[0], choice[1])))
    peak, _, segments = found[-1]
    return Schedule(segments, peak, any(segment.pushed for segment in segments))
