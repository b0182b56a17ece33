"""The verifier's replay of a segment: turn by turn, on the map of who owns every byte. It shares no code with what planned the segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from ..coverage import OVERWRITES
from .plan import Plan, PlannedSegment, Step, Stream

NOBODY = -1
ROW = 1 << 32
"""Row r of buffer b is owned by b + (r + 1) * ROW, a whole buffer by b."""

Fail = Callable[[str], NoReturn]


def may_overwrite(step: Step, position: int) -> bool:
    """Whether the step's kernel reads every byte of this operand, which is no other one as well, before it writes there."""
    buffers = [operand.buffer for operand in step.inputs]
    return position in OVERWRITES.get(step.kernel, ()) and buffers.count(buffers[position]) == 1


def replay(plan: Plan, segment: PlannedSegment, owners: dict[str, np.ndarray], fail: Fail) -> None:
    """Take all turns of all passes. ``fail`` is called with the reason where a row is read that is not there, or no longer."""
    _Replay(plan, segment, owners, fail).run()


@dataclass(frozen=True)
class _Operand:
    """``rows`` that a turn reads of a stream, of which ``awaited`` must have been made."""

    position: int
    stream: int
    rows: range
    awaited: int


class _Replay:
    def __init__(self, plan: Plan, segment: PlannedSegment, owners: dict[str, np.ndarray], fail: Fail) -> None:
        self._plan = plan
        self._segment = segment
        self._fail = fail
        self._made = [0] * len(segment.streams)
        self._turn = dict.fromkeys(range(segment.first, segment.last + 1), 0)
        self._bytes: list[np.ndarray] = []
        for stream in segment.streams:
            buffer = plan.buffers[stream.buffer]
            if buffer.bytes != stream.rows * stream.row_bytes:
                fail(f"{buffer.tensor} has another size than its {stream.rows} rows")
            self._bytes.append(owners[buffer.bank][buffer.offset : buffer.offset + buffer.bytes].reshape(stream.rows, -1))
        self._owners = owners

    def run(self) -> None:
        segment = self._segment
        if not segment.pushed:
            for source in segment.sources:
                stream, rows = segment.streams[source], self._bytes[source]
                if stream.rows != stream.height or (rows != stream.buffer).any():
                    self._fail(f"{self._name(stream)} is not there when it is streamed")
                rows[:] = (stream.buffer + ROW * np.arange(1, stream.height + 1))[:, None]
        for number in range(segment.passes):
            self._arrive(number)
            for step in range(segment.first, segment.last + 1):
                self._step(step)
        self._end()

    def _arrive(self, after: int) -> None:
        """What a pass finds of the sources; rows that are pushed are written."""
        tallest = max(self._segment.streams[source].height for source in self._segment.sources)
        for source in self._segment.sources:
            stream = self._segment.streams[source]
            there = min(stream.height, -(-(after + 1) * stream.height // tallest))
            while self._segment.pushed and self._made[source] < there:
                self._write(source, 1)
            self._made[source] = there

    def _step(self, number: int) -> None:
        """The next turn of a step, if it can take it."""
        step = self._plan.steps[number]
        turns, turn = step.turns, self._turn[number]
        if turns is None or len(turns.pieces) != turns.top + 1 + turns.bottom:
            self._fail(f"step {step.name} has no parameters for its turns")
        output = self._segment.stream_of(step.output)
        height = self._segment.streams[output].height
        if turns.count != -(-height // turns.unit) or len(turns.reads) != len(step.inputs):
            self._fail(f"step {step.name} does not make the {height} rows of its output")
        if turn == turns.count:
            return
        operands = [self._operand(step, position, turn, read) for position, read in enumerate(turns.reads) if read is not None]
        if any(self._made[operand.stream] < operand.awaited for operand in operands):
            return
        seen = [self._read(step, operand) for operand in operands]
        if step.scratch is not None:
            scratch = self._plan.buffers[step.scratch]
            self._owners[scratch.bank][scratch.offset : scratch.offset + scratch.bytes] = step.scratch
            for operand, rows in zip(operands, seen, strict=True):
                self._require(step, operand, rows)
        written = self._write(output, min(turns.unit, height - self._made[output]))
        self._turn[number] = turn + 1
        # An output that overlaps an operand, or the scratch, may destroy it before it is read.
        for operand, rows in zip(operands, seen, strict=True):
            if not self._may_overwrite(step, operand, rows, written):
                self._require(step, operand, rows)
        if (
            step.scratch is not None
            and (self._owners[scratch.bank][scratch.offset : scratch.offset + scratch.bytes] != step.scratch).any()
        ):
            self._fail(f"step {step.name} writes into its own scratch")

    def _operand(self, step: Step, position: int, turn: int, read: tuple[int, int, int, int]) -> _Operand:
        rows_apart, before, reach, ahead = read
        buffer = step.inputs[position].buffer
        if buffer is None:
            self._fail(f"step {step.name} reads rows of a constant")
        stream, first = self._segment.stream_of(buffer), turn * rows_apart - before
        height = self._segment.streams[stream].height
        return _Operand(position, stream, range(max(0, first), min(height, first + reach)), min(height, first + reach + ahead))

    def _read(self, step: Step, operand: _Operand) -> np.ndarray:
        """The bytes where a kernel finds its rows, one after another."""
        stream, rows, made = self._segment.streams[operand.stream], operand.rows, self._made[operand.stream]
        place = rows.start - max(0, made - stream.rows) if stream.slides else rows.start % stream.rows
        if place < 0 or place + len(rows) > stream.rows:
            self._fail(f"step {step.name} reads row {rows.start} of {self._name(stream)} when it is gone")
        seen = self._bytes[operand.stream][place : place + len(rows)]
        self._require(step, operand, seen)
        return seen

    def _require(self, step: Step, operand: _Operand, seen: np.ndarray) -> None:
        stream, rows = self._segment.streams[operand.stream], operand.rows
        if (seen != (stream.buffer + ROW * (1 + np.arange(rows.start, rows.stop)))[:, None]).any():
            self._fail(f"at step {step.name} the rows from {rows.start} of {self._name(stream)} are not there")

    def _may_overwrite(self, step: Step, operand: _Operand, read: np.ndarray, written: np.ndarray) -> bool:
        """Whether a turn may write where it does; ``read`` and ``written`` are parts of the map of owners."""
        alike = read.size == written.size and written.ctypes.data <= read.ctypes.data
        return alike and may_overwrite(step, operand.position)

    def _write(self, number: int, count: int) -> np.ndarray:
        """The bytes of the next rows of a stream, after the last ones have moved to make room."""
        stream, made, rows = self._segment.streams[number], self._made[number], self._bytes[number]
        place = made % stream.rows
        if stream.slides:
            held = min(made, stream.rows)
            dropped = max(0, held + count - stream.rows)
            rows[: held - dropped] = rows[dropped:held].copy()
            place = held - dropped
        if place + count > stream.rows:
            self._fail(f"{self._name(stream)} has no room for {count} rows")
        rows[place : place + count] = (stream.buffer + ROW * (1 + np.arange(made, made + count)))[:, None]
        self._made[number] = made + count
        return rows[place : place + count]

    def _end(self) -> None:
        """All rows are made, and those of whole tensors are still there."""
        for step in range(self._segment.first, self._segment.last + 1):
            turns = self._plan.steps[step].turns
            assert turns is not None
            if self._turn[step] != turns.count:
                self._fail(f"step {self._plan.steps[step].name} is not done after {self._segment.passes} passes")
        for number, (stream, rows, made) in enumerate(zip(self._segment.streams, self._bytes, self._made, strict=True)):
            # The last rows of a source may be such that no window reaches them.
            if made != stream.height and number not in self._segment.sources:
                self._fail(f"{self._name(stream)} is not complete")
            if (
                stream.rows == stream.height
                and (rows == (stream.buffer + ROW * np.arange(1, stream.height + 1))[:, None]).all()
            ):
                rows[:] = stream.buffer

    def _name(self, stream: Stream) -> str:
        return self._plan.buffers[stream.buffer].tensor
