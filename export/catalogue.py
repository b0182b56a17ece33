"""The boards that come with the product, and which of them a model fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .boards import Board, board_names, load_board
from .build import lower_model, place
from .errors import DoesNotFitError
from .names import model_name
from .read import file_content, read_bytes

CODE_BYTES = 16 * 1024
"""Flash that a firmware's code takes at most, with any model at hand: what is known before a compiler runs."""


def catalogue(model: Path | None = None) -> list[dict[str, Any]]:
    """Every board, by name; with a ``model``, whether it fits, by its planned memory: what a build then proves by linking.

    Raises InputError where the model cannot be compiled.
    """
    boards = [load_board(name) for name in board_names()]
    entries = [described(board) for board in boards]
    if model is None:
        return entries
    content = file_content(model)
    graph = read_bytes(content, str(model), model_name(model.stem))
    lowered = {tier: lower_model(graph, tier) for tier in {board.target.tier for board in boards}}
    for entry, board in zip(entries, boards, strict=True):
        entry["fits"], entry["lacks"] = True, None
        try:
            place(lowered[board.target.tier], board, spare_flash=CODE_BYTES)
        except DoesNotFitError as error:
            entry["fits"], entry["lacks"] = False, error.message
    return entries


def described(board: Board) -> dict[str, Any]:
    """A board in one line: sizes in bytes."""
    tools = board.flash_tools
    known = {
        "pyocd": tools.pyocd,
        "openocd": tools.openocd,
        "jlink": tools.jlink,
        "st-flash": tools.st_flash,
        "uf2": tools.uf2_family,
    }
    return {
        "name": board.name,
        "title": board.title,
        "chip": board.chip,
        "target": board.core,
        "clock_hz": board.clock_hz,
        "flash": board.flash.bytes,
        "ram": {bank.name: bank.bytes for bank in board.ram},
        "uart": board.uart.pins,
        "tools": [name for name, value in known.items() if value],
        "tested": [place for place, tested in board.tested.model_dump().items() if tested],
    }
