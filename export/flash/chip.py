"""Is the chip at the probe the one that the firmware is for?"""

from __future__ import annotations

from ..boards import Board, Identity, board_names, load_board
from ..errors import AttendNetsError


def require_chip(board: Board, word: int) -> None:
    """``word`` is what the board's identity register reads. Raises AttendNetsError where it is another chip's."""
    identity = board.identity
    if identity is None or identity.matches(word):
        return
    found = _known(identity, word)
    seems = f" It answers like {found.title} ({found.chip}): build for {found.name}." if found else ""
    raise AttendNetsError(
        f"The chip at the probe is no {board.chip}: {identity.register_name} reads 0x{word & identity.mask:x}, not 0x{identity.value:x}.",
        f"Nothing was written.{seems} Is another board plugged in as well?",
    )


def _known(identity: Identity, word: int) -> Board | None:
    """A board of the catalogue whose chip would answer so."""
    for board in map(load_board, board_names()):
        if board.identity and board.identity.at == identity.at and board.identity.matches(word):
            return board
    return None
