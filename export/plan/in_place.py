"""Tensors that are written over what is read at the same time, so that both need the bytes of the larger one only."""

from __future__ import annotations

from dataclasses import dataclass

from ..lower import Lowering
from ..lower.call import Call
from . import memory


@dataclass(frozen=True)
class InPlace:
    """``written`` may lie over ``read`` if it begins where that does, or before."""

    written: int
    read: int

    def saved(self, sizes: dict[int, int]) -> int:
        """Bytes that the two need less than apart, given those of every tensor."""
        return min(memory.aligned(sizes[self.written]), memory.aligned(sizes[self.read]))


def overwritten(lowering: Lowering, call: Call, sizes: dict[int, int]) -> list[int]:
    """The tensors, of those with ``sizes``, over which the kernel of a call may write its output, which is as large."""
    size = sizes.get(lowering.storage(call.output))
    return [tensor for tensor in call.overwritable(lowering.storage) if sizes.get(tensor) == size is not None]


def of_whole_calls(
    lowering: Lowering, sizes: dict[int, int], first: dict[int, int], last: dict[int, int]
) -> dict[int, InPlace]:
    """Call → what it may write over which of its operands, if nobody reads that later. ``sizes`` has the tensors in the arena, ``first`` and
    ``last`` the calls between which they live."""
    found = {}
    for number, call in enumerate(lowering.calls):
        written = lowering.storage(call.output)
        over = [tensor for tensor in overwritten(lowering, call, sizes) if first[written] == last[tensor] == number]
        if over:
            found[number] = InPlace(written, over[0])
    return found
