"""How long tensors live, and which of them lie outside of the arena."""

from __future__ import annotations

from dataclasses import dataclass

from ..lower import Lowering
from . import memory
from .in_place import InPlace, of_whole_calls


@dataclass(frozen=True)
class Lives:
    """Stored tensor in the arena → its bytes, and the first and the last call at which it lives; the last call also of inputs.

    ``input_bytes`` are there all the time, unless the input arrives in rows. ``in_place`` has calls that may write over what they read.
    """

    bytes: dict[int, int]
    first: dict[int, int]
    last: dict[int, int]
    input_bytes: int
    in_place: dict[int, InPlace]

    def crossing(self, number: int) -> list[int]:
        """Tensors alive between the calls before ``number`` and those from it on."""
        return [tensor for tensor in self.bytes if self.first[tensor] < number <= self.last[tensor]]


def lives_of(lowering: Lowering) -> Lives:
    """What needs memory that a plan gives out: the tensors in the arena, and the inputs where they do not arrive in rows."""
    graph = lowering.graph
    first, last = lifetimes(lowering)
    outside = external(lowering, False)
    last = {index: last.get(index, first[index]) for index in first}
    sizes = {index: graph.tensors[index].bytes for index in first if index not in outside}
    inputs = sum(graph.tensors[index].bytes for index in graph.inputs)
    return Lives(sizes, first, last, inputs, of_whole_calls(lowering, sizes, first, last))


def lifetimes(lowering: Lowering) -> tuple[dict[int, int], dict[int, int]]:
    """Stored tensor → the first and the last step at which it lives."""
    graph = lowering.graph
    first: dict[int, int] = dict.fromkeys(graph.sources, 0)
    last: dict[int, int] = {}
    for number, call in enumerate(lowering.calls):
        output = lowering.storage(call.output)
        first.setdefault(output, number)
        for index in (output, *(lowering.storage(index) for index in call.inputs if graph.tensors[index].data is None)):
            last[index] = number
    return first, last


def external(lowering: Lowering, pushed: bool) -> dict[int, tuple[str, int]]:
    """Stored tensor → (bank, offset) for what lies in the caller's memory, unless it is ``pushed``, or outlives an inference."""
    graph, result = lowering.graph, {}
    offset = 0
    for state, kept in zip(graph.states, lowering.kept, strict=True):
        result[state.read] = result[kept] = ("state", offset)
        offset += memory.aligned(graph.tensors[state.read].bytes)
    for bank, indices in (("input", () if pushed else graph.inputs), ("output", graph.outputs)):
        offset = 0
        for index in indices:
            result[lowering.storage(index)] = (bank, offset)
            offset += graph.tensors[index].bytes
    return result
