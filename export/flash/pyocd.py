"""Flashing by pyOCD's Python API: the one tool that pip can install. The only module that knows it."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors import AttendNetsError
from ..project import Project
from .chip import require_chip

INSTALL = "pip install attendnets-tf[flash]"
_PIECE = 4096


def why_not(project: Project) -> str:
    name = project.board.flash_tools.pyocd
    if not name:
        return "does not know this board"
    if not find_spec("pyocd"):
        return f"not installed ({INSTALL})"
    return "" if _knows(name) else f"needs the chip's pack once (pyocd pack install {name})"


def _knows(name: str) -> bool:
    from pyocd.target import TARGET
    from pyocd.target.pack.pack_target import ManagedPacks

    return name in TARGET or any(device.part_number.lower() == name for device in ManagedPacks.get_installed_targets())


def write(project: Project) -> None:
    """Write, read back and compare, reset and run.

    Raises:
        AttendNetsError: no probe, a chip that pyOCD does not know, that does not answer or is another, or flash that reads back
            differently.
    """
    from pyocd.core.exceptions import Error, TargetSupportError
    from pyocd.core.helpers import ConnectHelper
    from pyocd.flash.file_programmer import FileProgrammer

    name = project.board.flash_tools.pyocd
    binary = project.elf.with_suffix(".bin").read_bytes()
    try:
        session = ConnectHelper.session_with_chosen_probe(
            blocking=False,
            return_first=True,
            target_override=name,
            options={"connect_mode": "under-reset", "hide_programming_progress": True},
        )
        if session is None:
            raise AttendNetsError("pyOCD finds no probe.", "Plug the board in; on Linux, install pyOCD's udev rules.")
        with session:
            if project.board.identity:
                require_chip(project.board, session.target.read32(project.board.identity.at))
            FileProgrammer(session).program(str(project.elf.with_suffix(".hex")), file_format="hex")
            session.target.reset_and_halt()
            _compare(session, project.board.flash.address, binary)
            session.target.reset()
    except TargetSupportError as error:
        raise AttendNetsError(
            f"pyOCD does not know {name}: {error}.", f"Install its pack: pyocd pack install {name}."
        ) from error
    except Error as error:
        hint = f"Is the board a {project.board.title} ({project.board.chip})? Check the cable and the supply."
        raise AttendNetsError(f"pyOCD could not write the firmware: {error}.", hint) from error


def _compare(session: object, address: int, binary: bytes) -> None:
    target = session.target  # type: ignore[attr-defined]
    for start in range(0, len(binary), _PIECE):
        piece = binary[start : start + _PIECE]
        if bytes(target.read_memory_block8(address + start, len(piece))) != piece:
            raise AttendNetsError(f"The flash at 0x{address + start:08x} does not hold what was written.", "Flash again.")
