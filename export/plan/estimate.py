"""Time without running: instructions as the kernels' cost models have them, and the cycles that a core needs for such code."""

from __future__ import annotations

from ..boards import Board
from ..lower import Lowering

CYCLES_PER_INSTRUCTION = {"cortex-m4": 1.46, "cortex-m33": 1.46, "cortex-m7": 0.98}
"""Of AttendNets, by the models of docs/cycles.md."""
ASSUMED_CYCLES_PER_INSTRUCTION = 1.5
"""Of cores that have no such model."""


def least_instructions(lowering: Lowering) -> int:
    """Of an inference with as much RAM as there can be use for: estimated, and no schedule takes fewer."""
    return sum(call.least_cost for call in lowering.calls)


def estimated_ms(instructions: float, board: Board) -> float:
    """Milliseconds of so many instructions at the board's clock: an estimate, not measured on silicon."""
    cycles = instructions * CYCLES_PER_INSTRUCTION.get(board.core, ASSUMED_CYCLES_PER_INSTRUCTION)
    return 1000 * cycles / board.clock_hz
