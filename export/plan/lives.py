"""How long tensors live, and which of them lie outside of the arena."""

from __future__ import annotations

from dataclasses import dataclass

from ..lower import Lowering
from . import memory

BEFORE = -1
"""When an input is there: before the first step."""


@dataclass(frozen=True)
class Lives:
    """Stored tensor in the arena → its bytes, and the first and the last call at which it lives."""

    bytes: dict[int, int]
    first: dict[int, int]
    last: dict[int, int]

    def crossing(self, number: int) -> list[int]:
        """Tensors alive between the calls before ``number`` and those from it on."""
        return [tensor for tensor in self.bytes if self.first[tensor] < number <= self.last[tensor]]


def lives_of(lowering: Lowering) -> Lives:
    """What needs memory that a plan gives out: the tensors in the arena, and the inputs where they do not arrive in rows."""
    graph = lowering.graph
    first, last = lifetimes(lowering)
    outside = external(lowering, False)
    inputs = {lowering.storage(index) for index in graph.inputs}
    kept = [index for index in first if index in inputs or index not in outside]
    return Lives(
        {index: graph.tensors[index].bytes for index in kept},
        {index: BEFORE if index in inputs else first[index] for index in kept},
        {index: last.get(index, first[index]) for index in kept},
    )


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
