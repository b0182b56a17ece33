"""Buffers: what is stored where, and from which step to which; rings for tensors of which only some rows are kept."""

from __future__ import annotations

from dataclasses import dataclass

from ..lower import Lowering
from ..lower.call import Call
from . import memory
from .lives import Lives, external
from .plan import Buffer, PlannedSegment, Stream
from .schedule import Schedule
from .stream import Ring, Segment


@dataclass(frozen=True)
class Buffers:
    """``of_tensor`` and ``of_scratch`` say which buffer a stored tensor, and a step's scratch, is."""

    items: tuple[Buffer, ...]
    of_tensor: dict[int, int]
    of_scratch: dict[int, int]
    placement: memory.Placement


def place_buffers(lowering: Lowering, lives: Lives, schedule: Schedule, boundary: int | None) -> Buffers:
    """Buffers for every stored tensor and every scratch; behind the ``boundary`` begins the bank "arena_2"."""
    graph, last_step = lowering.graph, len(lowering.calls) - 1
    first, last = lives.first, lives.last
    outside = external(lowering, schedule.pushed)
    wanted = {*lowering.kept, *(lowering.storage(index) for index in graph.outputs)}
    buffers: list[Buffer] = []
    index_of: dict[int, int] = {}
    for index, (bank, offset) in outside.items():
        end = last_step if index in wanted else last[index]
        index_of[index] = len(buffers)
        buffers.append(Buffer(graph.tensors[index].name, bank, offset, graph.tensors[index].bytes, None, first[index], end))

    stored = [index for index in first if index not in outside]
    scratched = [(number, scratch_of(schedule, number, call)) for number, call in enumerate(lowering.calls)]
    scratched = [(number, size) for number, size in scratched if size]
    rings = {index: ring for segment in schedule.segments for index, ring in segment.rings.items()}
    requests = [
        memory.Request(
            rings[index].bytes if index in rings else graph.tensors[index].bytes,
            *schedule.life(first[index], last[index], rings.get(index)),
        )
        for index in stored
    ]
    requests += [memory.Request(size, number, number) for number, size in scratched]
    in_place = schedule.in_place(lives).values()
    pairs = frozenset((stored.index(pair.written), stored.index(pair.read)) for pair in in_place)
    placement = memory.place(requests, boundary, pairs)

    def place(offset: int) -> tuple[str, int]:
        return ("arena", offset) if boundary is None or offset < boundary else ("arena_2", offset - boundary)

    for index, request, offset in zip(stored, requests, placement.offsets, strict=False):
        index_of[index] = len(buffers)
        rows = rings[index].rows if index in rings else None
        buffers.append(Buffer(graph.tensors[index].name, *place(offset), request.bytes, rows, request.first, request.last))
    scratch: dict[int, int] = {}
    for (number, size), offset in zip(scratched, placement.offsets[len(stored) :], strict=True):
        scratch[number] = len(buffers)
        buffers.append(Buffer("scratch", *place(offset), size, None, number, number))
    return Buffers(tuple(buffers), index_of, scratch, placement)


def scratch_of(schedule: Schedule, number: int, call: Call) -> int:
    """Bytes of scratch of a step."""
    segment = schedule.segment_of(number)
    return max(piece.scratch for piece in segment.turns[number - segment.first].pieces) if segment else call.scratch


def planned_segment(lowering: Lowering, segment: Segment, of_tensor: dict[int, int], pushed: bool) -> PlannedSegment:
    """A segment in terms of buffers."""
    streams: dict[int, Stream] = {}
    for number in range(segment.first, segment.last + 1):
        call, turns = lowering.calls[number], segment.turns[number - segment.first]
        for index, streamed in zip((*call.inputs, call.output), (*turns.rows.reads, True), strict=True):
            if streamed:
                tensor, shape = lowering.storage(index), lowering.graph.tensors[index].shape
                ring = segment.rings.get(tensor) or Ring(
                    shape[1], shape[1], lowering.graph.tensors[index].bytes // shape[1], True, True
                )
                streams[tensor] = Stream(of_tensor[tensor], ring.height, ring.rows, ring.row_bytes, ring.slides)
    order = list(streams)
    sources = tuple(order.index(tensor) for tensor in segment.sources)
    return PlannedSegment(segment.first, segment.last, segment.passes, tuple(streams.values()), sources, pushed)
