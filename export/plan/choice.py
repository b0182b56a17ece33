"""The choice between schedules, and the tiles of their kernels: RAM against instructions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..decision import Decision
from ..lower import Lowering
from ..lower.call import UNLIMITED, Call
from . import memory
from .lives import Lives
from .placement_decisions import in_place_decisions
from .schedule import Schedule, schedules

SLOWDOWN = 1.045
"""By how much the schedule with the least RAM may take longer than every layer whole, with scratch of a tenth of the activations' peak."""


@dataclass(frozen=True)
class Choice:
    """A schedule with tiles. ``ram`` are the bytes of the arena, as far as the calls' needs alone decide, and of inputs that are not pushed;
    ``cost`` is in instructions, roughly."""

    schedule: Schedule
    calls: tuple[Call, ...]
    ram: int
    cost: int


def choose(lowering: Lowering, lives: Lives, limit: int | None) -> Choice:
    """The choice of least RAM that is at most ``SLOWDOWN`` slower than layer by layer; with a ``limit`` of RAM, the fastest below it, or else
    the one that exceeds it least."""
    tilings = (_Tiling(lowering, schedule, lives) for schedule in schedules(lowering, lives))
    whole = next(tilings)
    if limit is not None and whole.most_room <= limit:
        best, decisions = whole.at(limit), _nothing_faster(whole)
    else:
        found = [whole, *tilings]
        fastest = whole.at(whole.usual_room).cost
        best = _least_ram(found, fastest * SLOWDOWN) if limit is None else _fastest(found, limit)
        decisions = _decisions(best, found, fastest)
    decisions += in_place_decisions(lowering, best.schedule, lives)
    return replace(best, schedule=replace(best.schedule, decisions=decisions))


def _least_ram(found: list[_Tiling], cost: float) -> Choice:
    return min((tiling.at(room) for tiling in found for room in tiling.room_for(cost)), key=_by_ram)


def _fastest(found: list[_Tiling], limit: int) -> Choice:
    choices = [tiling.at(max(limit, tiling.least_room)) for tiling in found]
    return min(choices, key=lambda choice: (max(0, choice.ram - limit), choice.cost, choice.ram))


@dataclass(frozen=True)
class Alternative:
    """What a schedule would need: ``ram`` as for ``Choice``, ``estimated_instructions``, and how many of the steps would advance by rows."""

    ram: int
    estimated_instructions: int
    streamed: int


def alternatives(lowering: Lowering, lives: Lives) -> list[Alternative]:
    """All that are worth a choice, the least RAM first; none is slower than one with less."""
    found = [_Tiling(lowering, schedule, lives) for schedule in schedules(lowering, lives)]
    return [
        Alternative(choice.ram, choice.cost, sum(segment.last + 1 - segment.first for segment in choice.schedule.segments))
        for choice in _worth(found)
    ]


def _worth(found: list[_Tiling]) -> list[Choice]:
    """With the largest and with the smallest tiles, the least RAM first; none is slower than one with less."""
    choices = sorted((tiling.at(room) for tiling in found for room in (tiling.least_room, tiling.most_room)), key=_by_ram)
    kept: list[Choice] = []
    for choice in choices:
        if not kept or choice.cost < kept[-1].cost:
            kept.append(choice)
    return kept


def _by_ram(choice: Choice) -> tuple[int, int]:
    return choice.ram, choice.cost


def _nothing_faster(whole: _Tiling) -> tuple[Decision, ...]:
    reason = f"it fits with its largest tiles, {whole.most_room} bytes: nothing is faster"
    return (Decision("schedule", "every layer whole", "row by row", reason, "nothing"),)


def _decisions(best: Choice, found: list[_Tiling], fastest: int) -> tuple[Decision, ...]:
    """What was considered: the choice beside the others of its kind."""
    if len(found) == 1:
        return ()
    whole = found[0].at(found[0].usual_room)
    told = "; ".join(f"{other.ram} bytes, {other.cost / fastest:.2f} times layer by layer" for other in _worth(found))
    streamed = [f"steps {segment.first} to {segment.last} in {segment.passes} passes" for segment in best.schedule.segments]
    what = "row by row: " + ", ".join(streamed) if streamed else "every layer whole"
    reason = f"{best.ram} bytes at {best.cost / fastest:.3f} times the instructions of layer by layer"
    return (Decision("schedule", what, told, reason, f"{max(0, whole.ram - best.ram)} bytes of RAM"),)


class _Tiling:
    """A schedule, and what tiles of its calls cost in scratch and save in instructions."""

    def __init__(self, lowering: Lowering, schedule: Schedule, lives: Lives) -> None:
        self._lowering = lowering
        self._schedule = schedule
        inside, inputs = activations(lowering, schedule, lives), 0 if schedule.pushed else lives.input_bytes
        self._alive = [live + inputs for live in inside]
        self.usual_room = max(self._alive, default=0) + max(inside, default=0) // 10
        self.least_room = max((live + memory.aligned(call.least_scratch) for live, call in self._calls()), default=0)
        self.most_room = max((live + memory.aligned(call.tiled(UNLIMITED).scratch) for live, call in self._calls()), default=0)

    def _calls(self) -> Iterator[tuple[int, Call]]:
        """What is alive at every call, whole or of a turn."""
        for number, (live, call) in enumerate(zip(self._alive, self._lowering.calls, strict=True)):
            segment = self._schedule.segment_of(number)
            for piece in segment.turns[number - segment.first].pieces if segment else (call,):
                yield live, piece

    def at(self, room: int) -> Choice:
        """Tiles that leave all within ``room`` bytes, where that is possible."""
        calls = tuple(call.tiled(room - live) for call, live in zip(self._lowering.calls, self._alive, strict=True))
        segments = tuple(
            replace(
                segment,
                turns=tuple(
                    turns.tiled(room - self._alive[segment.first + position]) for position, turns in enumerate(segment.turns)
                ),
            )
            for segment in self._schedule.segments
        )
        schedule = replace(self._schedule, segments=segments)
        whole = [(number, call) for number, call in enumerate(calls) if schedule.segment_of(number) is None]
        cost = sum(call.cost for _, call in whole) + sum(segment.cost() for segment in segments)
        needs = [self._alive[number] + memory.aligned(call.scratch) for number, call in whole]
        for segment in segments:
            for number, turns in enumerate(segment.turns, segment.first):
                needs.append(self._alive[number] + memory.aligned(max(piece.scratch for piece in turns.pieces)))
        return Choice(schedule, calls, max(needs, default=0), cost)

    def room_for(self, cost: float) -> Iterator[int]:
        """The least room with which the calls cost no more than this, if there is one."""
        low, high = self.least_room, self.most_room
        if self.at(high).cost > cost:
            return
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.at(middle).cost <= cost else (middle + 1, high)
        yield high


def activations(lowering: Lowering, schedule: Schedule, lives: Lives) -> list[int]:
    """Bytes that are alive in the arena at every call, without scratch."""
    alive = np.zeros(len(lowering.calls), np.int64)
    rings = {tensor: ring for segment in schedule.segments for tensor, ring in segment.rings.items()}
    # What is pushed has a ring and nothing else
    sizes = {tensor: ring.bytes for tensor, ring in rings.items()} | lives.bytes
    for tensor, size in sizes.items():
        ring = rings.get(tensor)
        first, last = schedule.life(lives.first[tensor], lives.last[tensor], ring)
        alive[first : last + 1] += memory.aligned(size if ring is None else ring.bytes)
    for number, pair in schedule.in_place(lives).items():
        segment = schedule.segment_of(number)
        alive[number : segment.last + 1 if segment else number + 1] -= pair.saved(lives.bytes)
    return [int(live) for live in alive]
