"""Overwrites every byte of the arena as soon as the plan says that nobody needs it any more, while a firmware runs on Unicorn."""

from __future__ import annotations

from typing import Any

from export.plan import Plan
from export.plan.plan import Buffer, PlannedSegment, Stream

POISON = b"\x5a"


class Poisoner:
    """Call ``after_layer`` with the name of every layer that has ended. It follows the plan by itself: from the turns alone."""

    def __init__(self, plan: Plan, write: Any) -> None:
        self._plan = plan
        self._write = write
        self._numbers = {step.name: number for number, step in enumerate(plan.steps)}
        self.bytes = 0
        self.restart()

    def restart(self) -> None:
        self._turn = dict.fromkeys(range(len(self._plan.steps)), 0)
        self._dead: dict[int, int] = {}

    def after_layer(self, layer: str) -> None:
        if layer not in self._numbers:
            return
        number = self._numbers[layer]
        step = self._plan.steps[number]
        self._turn[number] += 1
        if step.scratch is not None:
            self._poison(step.scratch)
        segment = next((s for s in self._plan.segments if s.first <= number <= s.last), None)
        if segment is None:
            self._poison_dead(number, number)
            return
        for stream in segment.streams:
            self._poison_rows(segment, stream)
        if all(self._turn[n] == self._plan.steps[n].turns.count for n in range(segment.first, segment.last + 1)):  # type: ignore[union-attr]
            self._poison_dead(segment.first, segment.last)

    def _poison_dead(self, first: int, last: int) -> None:
        """What lives no longer than these steps, where nothing that lives on lies over it."""
        living = [buffer for buffer in self._plan.buffers if buffer.first <= last < buffer.last]
        for index, buffer in enumerate(self._plan.buffers):
            if first <= buffer.last <= last:
                for start, end in _outside(buffer, living):
                    self._poison(index, start - buffer.offset, end - start)

    def _poison_rows(self, segment: PlannedSegment, stream: Stream) -> None:
        """Rows of a ring that no step reads in its next turns."""
        if stream.rows == stream.height:
            return
        made, needed = None, stream.height
        for number in range(segment.first, segment.last + 1):
            step, turn = self._plan.steps[number], self._turn[number]
            assert step.turns is not None
            if step.output == stream.buffer:
                made = min(stream.height, turn * step.turns.unit)
            for operand, reads in zip(step.inputs, step.turns.reads, strict=True):
                if operand.buffer == stream.buffer and reads is not None and turn < step.turns.count:
                    needed = min(needed, max(0, turn * reads[0] - reads[1]))
        if made is None:
            return  # the input's own rows: how many have arrived is not known here
        # Once, when it dies: later the bytes may be another's.
        first = max(self._dead.get(stream.buffer, 0), made - stream.rows)
        self._dead[stream.buffer] = max(first, min(made, needed))
        for row in range(first, min(made, needed)):
            place = row - max(0, made - stream.rows) if stream.slides else row % stream.rows
            self._poison(stream.buffer, place * stream.row_bytes, stream.row_bytes)

    def _poison(self, index: int, offset: int = 0, size: int | None = None) -> None:
        buffer = self._plan.buffers[index]
        if buffer.bank.startswith("arena"):
            size = buffer.bytes if size is None else size
            self._write(buffer.bank, buffer.offset + offset, POISON * size)
            self.bytes += size


def _outside(buffer: Buffer, others: list[Buffer]) -> list[tuple[int, int]]:
    """Ranges of the bank, of the bytes of a buffer that are in none of the others."""
    free, start = [], buffer.offset
    for other in sorted((b for b in others if b.bank == buffer.bank), key=lambda b: b.offset):
        end = min(other.offset, buffer.offset + buffer.bytes)
        if end > start:
            free.append((start, end))
        start = max(start, other.offset + other.bytes)
    if start < buffer.offset + buffer.bytes:
        free.append((start, buffer.offset + buffer.bytes))
    return free
