"""How much kernels work on at once: the largest tiles whose scratch finds room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..lower import Lowering
from ..lower.call import Call
from . import memory
from .lives import Lives
from .schedule import Schedule


def with_tiles(lowering: Lowering, schedule: Schedule, lives: Lives, limit: int | None) -> tuple[Lowering, Schedule]:
    """Tiles for all calls: as large as the ``limit`` of the arena's bytes allows; without one, as the activations' own peak allows, or a
    tenth more. The smallest at least."""
    alive = activations(lowering, schedule, lives)
    room = (max(alive, default=0) * 11 // 10) if limit is None else limit
    calls = tuple(_tiled(call, room - live) for call, live in zip(lowering.calls, alive, strict=True))
    segments = tuple(
        replace(
            segment,
            turns=tuple(
                replace(turns, pieces=tuple(_tiled(piece, room - alive[segment.first + position]) for piece in turns.pieces))
                for position, turns in enumerate(segment.turns)
            ),
        )
        for segment in schedule.segments
    )
    return replace(lowering, calls=calls), replace(schedule, segments=segments)


def activations(lowering: Lowering, schedule: Schedule, lives: Lives) -> list[int]:
    """Bytes that are alive in the arena at every call, without scratch."""
    alive = np.zeros(len(lowering.calls), np.int64)
    inputs = set() if schedule.pushed else {lowering.storage(index) for index in lowering.graph.inputs}
    rings = {tensor: ring for segment in schedule.segments for tensor, ring in segment.rings.items()}
    for tensor, size in lives.bytes.items():
        if tensor in inputs:
            continue
        first, last, ring = max(0, lives.first[tensor]), lives.last[tensor], rings.get(tensor)
        if ring is None or ring.carried:
            begins, ends = schedule.segment_of(first), schedule.segment_of(last)
            first, last = begins.first if begins else first, ends.last if ends else last
        alive[first : last + 1] += memory.aligned(size if ring is None else ring.bytes)
    return [int(live) for live in alive]


def _tiled(call: Call, room: int) -> Call:
    tile = call.tile
    if tile is None:
        return call
    fitting = (room - call.scratch) // (tile.step * tile.bytes) * tile.step
    units = max(tile.step, min(tile.most, fitting))
    return replace(call, parameters=call.parameters | {"tile": units}, scratch=call.scratch + units * tile.bytes)
