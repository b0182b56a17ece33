"""Scripts that run a project's firmware on Renode (docs/renode.md): a flat platform, a script, and a Robot test of the self-test.

Right for Renode 1.15.3 and 1.16.1. Platforms that come with Renode are not used: many download a description at start, and their
memories are larger than the chips'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..boards import Board
from ..run.protocol import VERSION, encode_self_test
from ..self_test import SEED

SECONDS = 120
"""Virtual seconds that anything may take: 12 billion instructions at the 100 MIPS that Renode assumes."""
_BOOT_SECONDS = 1
_CORES = {"cortex-m0plus": "cortex-m0+", "cortex-m55-nomve": "cortex-m55"}
"""Renode's names of cores, where they are others."""
_VECTORS_BEHIND_BOOT = {"vectors": 0, "rp2350": 0, "rp2040": 0x100}


@dataclass(frozen=True)
class Tag:
    """What reading the register at ``address`` gives."""

    name: str
    address: int
    value: int


def script_variables(board: Board, name: str, plan_hash: str, crc: int) -> dict[str, Any]:
    """What the templates show; ``crc`` is what the self-test must answer."""
    return {
        "board": board,
        "name": name,
        "plan_hash": plan_hash,
        "core": _CORES.get(board.core, board.core),
        "parameters": [(key, _text(value)) for key, value in board.renode.parameters.items()],
        "tags": tags(board),
        "vectors": board.flash.address + _VECTORS_BEHIND_BOOT[board.boot],
        "request": encode_self_test(SEED),
        "protocol": VERSION,
        "seed": SEED,
        "crc": crc,
        "seconds": SECONDS,
        "boot_seconds": _BOOT_SECONDS,
    }


def tags(board: Board) -> list[Tag]:
    """The registers that setup waits for, but those of the serial port, with the bits that it waits for."""
    found: dict[int, Tag] = {}
    for operation in board.setup:
        if operation.wait:
            known = found.get(operation.at, Tag(operation.register_name, operation.at, 0))
            value = (known.value & ~operation.wait.mask) | operation.wait.value
            found[operation.at] = Tag(known.name, known.address, value)
    return list(found.values())


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
