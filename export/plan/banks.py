"""Which RAM bank holds what. A board lists its banks in order of preference; two things are placed: the arena, and all the rest."""

from __future__ import annotations

from dataclasses import dataclass

from ..boards import Bank, Board
from ..errors import DoesNotFitError

HARNESS_BYTES, LEAST_HARNESS_BYTES = 1024, 448
"""Stack and variables of the harness: more, and less, than either compiler needs. What is really used is asserted when linking."""


@dataclass(frozen=True)
class Banks:
    """Names of the banks of the arena and of the variables, which the stack lies with; and of what does not fit into the arena's."""

    arena: str
    variables: str
    arena_2: str | None = None


def place_in_banks(
    name: str, board: Board, arena_bytes: int, variable_bytes: int, peak: str | None = None, harness: int = LEAST_HARNESS_BYTES
) -> Banks:
    """The first choice, in the board's order of preference, that leaves room for everything: the arena's bank counts first.

    ``variable_bytes`` are the model's state and the harness's copies of its inputs and outputs, ``harness`` what it needs beside them at
    least; ``peak`` is the layer that needs most.

    Raises:
        DoesNotFitError: whatever the choice, memory is missing; the message says how much at least.
    """
    most = f"; most at the layer {peak}" if peak else ""
    total = arena_bytes + variable_bytes + harness
    if board.ram_limit is not None and total > board.ram_limit:
        raise DoesNotFitError(
            f"{name} needs {total} bytes of RAM, {total - board.ram_limit} more than it may use{most}.",
            "Allow more RAM, or choose a smaller model or input.",
            excess=total - board.ram_limit,
        )
    needed = variable_bytes + HARNESS_BYTES
    choices = [(arena, variables) for arena in board.ram for variables in board.ram if not variables.needs_setup]
    missing, arena, variables = min(
        ((_missing(*choice, arena_bytes, needed), *choice) for choice in choices), key=lambda choice: choice[0]
    )
    missing -= HARNESS_BYTES - harness
    if missing > 0:
        raise DoesNotFitError(
            f"{name} does not fit {board.name}: it needs {total} bytes of RAM, at least {missing} more than there are{most}.",
            "Choose a larger board, or a smaller model or input.",
            excess=missing,
        )
    return Banks(arena.name, variables.name)


def split_banks(board: Board, arena_bytes: int, variable_bytes: int, harness: int) -> tuple[Banks, int, int] | None:
    """Two banks for an arena that no single one can hold, and their bytes for it; None where two are too few, or too much RAM."""
    needed = variable_bytes + harness
    if board.ram_limit is not None and arena_bytes + needed > board.ram_limit:
        return None
    for first in board.ram:
        for second in board.ram:
            room, room_2 = (first.bytes - needed) // 16 * 16, second.bytes // 16 * 16
            if first != second and not first.needs_setup and room + room_2 >= arena_bytes and room > 0:
                return Banks(first.name, first.name, second.name), room, room_2
    return None


def _missing(arena: Bank, variables: Bank, arena_bytes: int, variable_bytes: int) -> int:
    if arena == variables:
        return max(0, arena_bytes + variable_bytes - arena.bytes)
    return max(0, arena_bytes - arena.bytes) + max(0, variable_bytes - variables.bytes)
