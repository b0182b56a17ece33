"""What a lowering produces: one kernel call with everything it needs but its addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..coverage import OVERWRITES
from ..graph import Operator

Parameter = int | tuple[int, ...]

UNLIMITED = 1 << 40
"""More bytes than any call has use for."""

ITEM_BYTES = {"int8_t": 1, "int16_t": 2, "int32_t": 4, "an_channel": 12}


@dataclass(frozen=True, eq=False)
class Constant:
    """Data in flash, placed as ``c_type`` items in the order that ``layout`` names.

    ``values`` are integers [n], or [n, 3] for ``an_channel`` (bias, multiplier, shift). A lowering names it by its role; the plan puts the
    name of the step in front.
    """

    name: str
    layout: str
    c_type: str
    values: np.ndarray
    alignment: int = 1

    @property
    def bytes(self) -> int:
        return len(self.values) * ITEM_BYTES[self.c_type]

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(
            f"{self.c_type} {self.alignment}".encode() + np.ascontiguousarray(self.values, self._item_type).tobytes()
        ).hexdigest()

    @property
    def _item_type(self) -> str:
        """Equal constants are equal in this type, whatever type their values came in."""
        return {"int8_t": "<i1", "int16_t": "<i2"}.get(self.c_type, "<i4")


@dataclass(frozen=True)
class Tile:
    """How much a kernel works on at once: more is faster and takes more scratch. The planner sets the call's parameter ``tile``.

    A multiple of ``step`` up to ``most``, each unit of which takes ``bytes`` of scratch beside the call's own. ``total`` units are worked on
    in as many tiles as that takes, each of which costs ``each`` instructions.
    """

    step: int
    most: int
    bytes: int
    total: int
    each: int


@dataclass(frozen=True, eq=False)
class Call:
    """One kernel call. ``inputs`` are tensor indices (constants among them are read from flash).

    ``completes`` is False for all but the last of several calls that fill one output, and for copies that no layer makes. ``scratch`` is in
    bytes, ``cost`` in instructions, roughly. ``alternatives`` are the kernels that were not taken, with their costs or the reason.
    """

    operator: Operator
    kernel: str
    inputs: tuple[int, ...]
    output: int
    parameters: dict[str, Parameter]
    constants: tuple[Constant, ...] = ()
    macs: int = 0
    scratch: int = 0
    completes: bool = True
    cost: int = 0
    tile: Tile | None = None
    alternatives: tuple[tuple[str, int | str], ...] = ()

    def overwritable(self, storage: Callable[[int], int]) -> list[int]:
        """The tensors of which the kernel reads every byte before it writes there, each an operand once; ``storage`` says whose bytes one is."""
        operands = [storage(index) for index in self.inputs]
        read = (operands[position] for position in OVERWRITES.get(self.kernel, ()))
        return [tensor for tensor in read if operands.count(tensor) == 1]

    @property
    def least_scratch(self) -> int:
        """With the smallest tile there can be."""
        return self.scratch + (self.tile.step * self.tile.bytes if self.tile else 0)

    @property
    def least_cost(self) -> int:
        """With as large a tile as there can be."""
        return self.tiled(UNLIMITED).cost

    def tiled(self, room: int) -> Call:
        """The call with the largest tile whose scratch has ``room`` bytes, or the smallest, and the cost that it then has."""
        tile = self.tile
        if tile is None:
            return self
        fitting = (room - self.scratch) // (tile.step * tile.bytes) * tile.step
        units = max(tile.step, min(tile.most, fitting))
        cost = self.cost + tile.each * -(-tile.total // units)
        parameters, scratch = self.parameters | {"tile": units}, self.scratch + units * tile.bytes
        return replace(self, parameters=parameters, scratch=scratch, cost=cost, tile=None)


def channel_constant(biases: np.ndarray, multiplier: np.ndarray, shift: np.ndarray) -> Constant:
    return Constant(
        "channels", "per output channel: bias, multiplier, shift", "an_channel", np.stack([biases, multiplier, shift], axis=1)
    )


def weight_constant(weights: np.ndarray, layout: str) -> Constant:
    return Constant("weights", layout, "int8_t", weights.reshape(-1))
