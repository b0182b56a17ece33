"""Row-streamed execution: a run of calls that advances row by row, every tensor between them in a buffer of its last rows.

The calls of a segment take turns. In every *pass* one more row of the segment's source is there, and every call, in order, makes one turn if
the rows that it reads have been made. So who has made how many rows after a pass follows from the windows alone; nobody waits for a reader,
and what a tensor's buffer must hold is what its slowest reader still needs.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from math import lcm

import numpy as np

from ..lower import Lowering
from ..lower.call import Call
from ..lower.rows import Reads, RowWise, row_wise, some_rows
from .in_place import InPlace, overwritten
from .lives import Lives

ASKING, TURN, MOVING = 40, 130, 0.7
"""Instructions, roughly: of asking a call, of a turn beside its kernel, of moving a byte."""
WAITING = (1, 2)
"""Turns that a call may be late, to write over the source of its segment."""


@dataclass(frozen=True)
class Turns:
    """A streamed call: ``pieces`` are the calls of its turns, of which the first ``top`` and the last ``bottom`` differ from the rest."""

    rows: RowWise
    count: int
    top: int
    bottom: int
    pieces: tuple[Call, ...]

    def cost(self) -> int:
        """Instructions, roughly, of all turns: the middle ones are alike."""
        return sum(piece.cost for piece in self.pieces) + self.pieces[self.top].cost * (self.count - len(self.pieces))

    def tiled(self, room: int) -> Turns:
        """As ``Call.tiled``."""
        return replace(self, pieces=tuple(piece.tiled(room) for piece in self.pieces))


@dataclass(frozen=True)
class Ring:
    """A buffer of ``rows`` of the ``height`` rows of a tensor. ``slides``: the last ones, moved so as to be neighbours; else row r lies at r
    modulo rows. ``carried``: some of them outlive a pass.
    """

    rows: int
    height: int
    row_bytes: int
    slides: bool
    carried: bool

    @property
    def bytes(self) -> int:
        return self.rows * self.row_bytes


@dataclass(frozen=True)
class Segment:
    """Calls ``first`` to ``last``, both included, in ``passes`` passes. ``rings`` are the tensors of which only some rows are kept.

    ``sources`` are the tensors that are there from the start, of which a pass adds a share of the rows; ``pushed``: the only one is an input
    that arrives row by row. ``in_place``: the output may lie over a source whose rows are read by then.
    """

    first: int
    last: int
    passes: int
    turns: tuple[Turns, ...]
    rings: dict[int, Ring]
    sources: tuple[int, ...]
    pushed: bool
    in_place: InPlace | None = None

    def cost(self) -> int:
        """Instructions, roughly: of all turns, of asking whose turn it is, and of moving rows."""
        asking = ASKING * self.passes * len(self.turns)
        moved = sum(ring.row_bytes * (ring.rows - 1) * ring.height for ring in self.rings.values() if ring.slides)
        return sum(turns.cost() + TURN * turns.count for turns in self.turns) + asking + int(MOVING * moved)


class Streams:
    """What segments of a lowering are like; each call is looked at once."""

    def __init__(self, lowering: Lowering) -> None:
        self._lowering = lowering
        self._turns: dict[tuple[int, int], Turns | str] = {}

    def turns(self, number: int, rows: int) -> Turns | str:
        """The turns of a call, of so many rows each, or why it has none."""
        if (number, rows) not in self._turns:
            self._turns[number, rows] = _turns(self._lowering, self._lowering.calls[number], rows)
        return self._turns[number, rows]

    def from_call(
        self, first: int, rows: int, ends: frozenset[int], pushed: frozenset[int], fixed: frozenset[int], lives: Lives
    ) -> list[Segment]:
        """The segments that begin with the call ``first``, end before one of ``ends``, and make ``rows`` rows in a turn.

        ``pushed`` are tensors that must arrive in rows, ``fixed`` those that nobody may stream.
        """
        calls, segments = self._lowering.calls, []
        progress = _Progress(self._lowering)
        for number in range(first, len(calls)):
            turns = self.turns(number, rows)
            if isinstance(turns, str):
                break
            ending = number + 1 in ends and number > first
            before = progress.copy() if ending else progress
            if not progress.add(number, turns, fixed):
                break
            segment = progress.segment(pushed, lives) if ending else None
            if segment:
                segments.append(segment)
                segments += [] if segment.in_place else before.waiting(number, turns, pushed, fixed, lives)
        return segments


class _Progress:
    """How far the calls of a growing segment have come after each pass."""

    def __init__(self, lowering: Lowering) -> None:
        self._lowering = lowering
        self._graph = lowering.graph
        self._calls: list[tuple[int, Turns]] = []
        self._heights: dict[int, int] = {}
        self._sources: dict[int, None] = {}
        self._made: dict[int, np.ndarray] = {}
        self._turns: list[np.ndarray] = []
        self._readers: dict[int, list[tuple[int, Reads]]] = {}

    def copy(self) -> _Progress:
        copied = copy(self)
        copied._calls, copied._turns = list(self._calls), list(self._turns)
        copied._heights, copied._sources, copied._made = dict(self._heights), dict(self._sources), dict(self._made)
        copied._readers = {tensor: list(readers) for tensor, readers in self._readers.items()}
        return copied

    def waiting(self, number: int, turns: Turns, pushed: frozenset[int], fixed: frozenset[int], lives: Lives) -> list[Segment]:
        """The segment that ends with a call which waits just long enough to write over the source; none where that does not help."""
        operands = zip(self._lowering.calls[number].inputs, turns.rows.reads, strict=True)
        made_here = [self._lowering.storage(index) in self._made.keys() - self._sources.keys() for index, reads in operands]
        for ahead in WAITING:
            reads = tuple(
                r and replace(r, ahead=ahead * r.step) if here else r
                for r, here in zip(turns.rows.reads, made_here, strict=True)
            )
            progress = self.copy()
            if progress.add(number, replace(turns, rows=replace(turns.rows, reads=reads)), fixed):
                segment = progress.segment(pushed, lives)
                if segment and segment.in_place:
                    return [segment]
        return []

    def add(self, number: int, turns: Turns, fixed: frozenset[int]) -> bool:
        """Whether the call can join: its sources must not be taller than those before."""
        call = self._lowering.calls[number]
        if any(self._lowering.storage(index) in fixed for index in (*call.inputs, call.output)):
            return False
        if not all(
            self._rows_of(index)
            for index, reads in zip((*call.inputs, call.output), (*turns.rows.reads, True), strict=True)
            if reads
        ):
            return False
        storage = self._lowering.storage
        read = [(storage(i), reads) for i, reads in zip(call.inputs, turns.rows.reads, strict=True) if reads is not None]
        if not self._calls:
            tallest = max(self._heights[tensor] for tensor, _ in read)
            self._passes = np.arange(2 * tallest + 64)
            self._tallest = tallest
        done = np.full(len(self._passes), turns.count)
        for tensor, reads in read:
            if tensor not in self._made:
                height = self._heights[tensor]
                if height > self._tallest:
                    return False
                self._sources[tensor] = None
                self._made[tensor] = np.minimum(height, -(-(self._passes + 1) * height // self._tallest))
            height = self._heights[tensor]
            needed = np.array([min(height, reads.rows(turn, height).stop + reads.ahead) for turn in range(turns.count)])
            done = np.minimum(done, np.searchsorted(needed, self._made[tensor], side="right"))
        # At most one turn a pass
        done = np.minimum(self._passes + np.minimum.accumulate(done - self._passes), self._passes + 1)
        if done[-1] < turns.count:
            return False
        for tensor, reads in read:
            self._readers.setdefault(tensor, []).append((len(self._calls), reads))
        self._calls.append((number, turns))
        self._turns.append(done)
        output = storage(call.output)
        self._made[output] = np.minimum(self._heights[output], done * turns.rows.unit)
        return True

    def _rows_of(self, index: int) -> bool:
        """Whether a tensor has the rows that its bytes have under every other shape."""
        height = self._graph.tensors[index].shape[1]
        return self._heights.setdefault(self._lowering.storage(index), height) == height

    def segment(self, pushed: frozenset[int], lives: Lives) -> Segment | None:
        """The calls so far as a segment; None where an input that must arrive in rows is needed otherwise."""
        last_reader = lives.last
        first, last = self._calls[0][0], self._calls[-1][0]
        units = {self._lowering.storage(self._lowering.calls[number].output): turns.rows.unit for number, turns in self._calls}
        arriving = [tensor for tensor in self._sources if tensor in pushed]
        if arriving and (first > 0 or len(self._sources) > 1 or last_reader[arriving[0]] > last):
            return None
        rings = {}
        for tensor in (*units, *arriving):
            if last_reader[tensor] <= last and tensor in self._readers:
                ring = self._ring(tensor, units.get(tensor, 1))
                if ring.rows < ring.height or tensor in arriving:
                    rings[tensor] = ring
        ends = [int(np.argmax(done == turns.count)) for done, (_, turns) in zip(self._turns, self._calls, strict=True)]
        turns = tuple(turns for _, turns in self._calls)
        return Segment(first, last, max(ends) + 1, turns, rings, tuple(self._sources), bool(arriving), self._in_place(lives))

    def _in_place(self, lives: Lives) -> InPlace | None:
        """The output over the largest source that nobody needs afterwards, if whatever is written has been read."""
        last = self._calls[-1][0]
        output = self._lowering.storage(self._lowering.calls[last].output)
        sources = [tensor for tensor in self._sources if tensor in lives.bytes and lives.last[tensor] <= last]
        if output not in lives.bytes or lives.first[output] < last or not sources:
            return None
        source = max(sources, key=lambda tensor: lives.bytes[tensor])
        free = self._first_needed(source, lives) * (lives.bytes[source] // self._heights[source])
        made = self._made[output] * (lives.bytes[output] // self._heights[output])
        return InPlace(output, source) if ((made <= free) | (free == lives.bytes[source])).all() else None

    def _first_needed(self, source: int, lives: Lives) -> np.ndarray:
        """The first row of a source that is needed, after every pass, when the last call has written: later, or by that call itself."""
        first = np.full(len(self._passes), self._heights[source])
        for position, reads in self._readers[source]:
            done, (number, turns) = self._turns[position], self._calls[position]
            writing = position == len(self._calls) - 1
            if writing and source not in overwritten(self._lowering, self._lowering.calls[number], lives.bytes):
                done = np.concatenate([[0], done[:-1]])
            start = np.maximum(0, done * reads.step - reads.before)
            first = np.minimum(first, np.where(done < turns.count, start, self._heights[source]))
        return first

    def _ring(self, tensor: int, unit: int) -> Ring:
        """Rows from the first that any reader still needs when a new one is made."""
        height = self._heights[tensor]
        row_bytes, needed = self._graph.tensors[tensor].bytes // height, np.full(len(self._passes), height)
        for position, reads in self._readers[tensor]:
            done = self._turns[position]
            start = np.maximum(0, done * reads.step - reads.before)
            needed = np.minimum(needed, np.where(done < self._calls[position][1].count, start, height))
        made = self._made[tensor]
        rows = int((made - np.concatenate([[0], needed[:-1]])).max())
        carried = bool((made > needed).any())
        blocks = [unit, *(reads.reach for _, reads in self._readers[tensor])]
        if all(reads.before == 0 and reads.reach == reads.step for _, reads in self._readers[tensor]):
            return Ring(-(-rows // lcm(*blocks)) * lcm(*blocks), height, row_bytes, False, carried)
        return Ring(rows, height, row_bytes, True, carried)


def _turns(lowering: Lowering, call: Call, height_of_turn: int) -> Turns | str:
    rows = row_wise(lowering, call, height_of_turn)
    if isinstance(rows, str):
        return rows
    height = lowering.graph.tensors[call.output].shape[1]
    count = -(-height // rows.unit)
    kinds = [_kind(lowering, call, rows, turn) for turn in range(count)]
    middle = kinds[count // 2]
    top = next(turn for turn in range(count) if kinds[turn] == middle)
    bottom = next(turn for turn in range(count) if kinds[count - 1 - turn] == middle)
    if any(kind != middle for kind in kinds[top : count - bottom]):
        return "its turns differ in the middle of the image"
    numbers = [*range(top + 1), *range(count - bottom, count)]
    pieces = [piece for piece in (some_rows(lowering, call, rows, turn) for turn in numbers) if piece is not None]
    if len({tuple(constant.sha256 for constant in piece.constants) for piece in pieces}) != 1 or len(pieces) < len(numbers):
        return "its kernel cannot make single rows, or packs weights for them in different ways"
    return Turns(rows, count, top, bottom, tuple(pieces))


def _kind(lowering: Lowering, call: Call, rows: RowWise, turn: int) -> tuple[object, ...]:
    """What tells the turns of a call apart: how many rows it makes, and which part of each window is inside."""
    graph = lowering.graph
    made = min(rows.unit, graph.tensors[call.output].shape[1] - turn * rows.unit)
    inside = []
    for index, reads in zip(call.inputs, rows.reads, strict=True):
        if reads is not None:
            start, part = turn * reads.step - reads.before, reads.rows(turn, graph.tensors[index].shape[1])
            inside.append((part.start - start, part.stop - start))
    return made, *inside
