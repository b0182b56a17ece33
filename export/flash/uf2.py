"""Flashing by copying a UF2 file to the drive that a chip with a USB boot loader shows (format: github.com/microsoft/uf2)."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from ..errors import AttendNetsError
from ..project import Project

PAYLOAD_BYTES = 256
_HEADER = struct.Struct("<8I")
_MAGIC_START_0, _MAGIC_START_1, _MAGIC_END = 0x0A324655, 0x9E5D5157, 0x0AB16F30
_FAMILY_IS_GIVEN = 0x2000
_MARKER = "INFO_UF2.TXT"
_BOARD_IDS = {0xE48BFF56: "RPI-RP2", 0xE48BFF59: "RP2350"}
"""What a boot loader calls its board, by the family of files that it takes."""
_MOUNTS = ("/media", "/run/media", "/Volumes", "/mnt")


def encode(binary: bytes, address: int, family: int) -> bytes:
    """Blocks of 512 bytes, each with 256 of ``binary``, which begins at ``address``."""
    pieces = [binary[start : start + PAYLOAD_BYTES] for start in range(0, len(binary), PAYLOAD_BYTES)]
    blocks = []
    for number, piece in enumerate(pieces):
        place = address + number * PAYLOAD_BYTES
        header = (_MAGIC_START_0, _MAGIC_START_1, _FAMILY_IS_GIVEN, place, PAYLOAD_BYTES, number, len(pieces), family)
        blocks.append(_HEADER.pack(*header) + piece.ljust(476, b"\0") + struct.pack("<I", _MAGIC_END))
    return b"".join(blocks)


def why_not(project: Project) -> str:
    if not project.board.flash_tools.uf2_family:
        return "does not know this board"
    drive = find_drive(project.board.flash_tools.uf2_family)
    return "" if drive else "no drive of its boot loader is mounted (hold BOOTSEL while you plug the board in)"


def write(project: Project) -> None:
    """Copy; the chip checks nothing but restarts by itself. Raises AttendNetsError where the drive vanishes or is full."""
    family = project.board.flash_tools.uf2_family
    assert family
    drive = find_drive(family)
    assert drive
    content = encode(project.elf.with_suffix(".bin").read_bytes(), project.board.flash.address, family)
    try:
        with (drive / f"{project.name}.uf2").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise AttendNetsError(
            f"{drive} cannot be written: {error.strerror}.", "Plug the board in again with BOOTSEL held."
        ) from error


def find_drive(family: int) -> Path | None:
    """The mounted drive of a boot loader that takes files of ``family``, known by the file that every one of them shows."""
    identity = f"Board-ID: {_BOARD_IDS.get(family, '')}"
    for root in map(Path, _MOUNTS):
        for depth in ("*", "*/*"):
            for marker in sorted(root.glob(f"{depth}/{_MARKER}")):
                if identity in marker.read_text(encoding="ascii", errors="replace"):
                    return marker.parent
    return None
