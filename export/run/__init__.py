"""Runs built firmware: one interface over emulators and real boards, and the serial protocol that they share."""

from __future__ import annotations

from pathlib import Path

from ..boards import Board
from ..errors import InputError
from .device import Device

PLACES = "unicorn, qemu, renode, serial:PORT"


def default_place(board: Board) -> str:
    """The emulator that needs least and has the board's core; unicorn also counts each layer.

    Raises InputError where no emulator has it.
    """
    if board.target.unicorn_cpu:
        return "unicorn"
    if board.qemu:
        return "qemu"
    raise InputError(
        f"No emulator here has a {board.core} as on {board.title}.", "Build for another board: attendnets-cli boards."
    )


def setup_warning(device: Device, board: Board) -> str | None:
    """What the board said of its setup, in words, where a clock or another wait did not come."""
    if device.failed_setup is None:
        return None
    operations = board.setup[device.failed_setup - 1 : device.failed_setup]
    what = "".join(f": {operation.register_name}, {operation.why}" for operation in operations)
    return f"Setup operation {device.failed_setup} of {board.name} waited in vain{what}. Times are those of another clock."


def open_device(on: str, elf: Path, board: Board, counting: bool = True) -> Device:
    """The firmware ``elf`` at the place ``on``; a context manager, booted on entry.

    ``counting``: whether instructions are wanted, where counting them costs time.

    Raises InputError for an unknown place.
    """
    if on == "unicorn":
        from .unicorn import UnicornDevice

        return UnicornDevice(elf, board, counting)
    if on == "qemu":
        from .qemu import QemuDevice

        return QemuDevice(elf, board)
    if on == "renode":
        from .renode import RenodeDevice

        return RenodeDevice(elf, board)
    if on.startswith("serial:") and on != "serial:":
        from .serial import SerialDevice

        return SerialDevice(on.removeprefix("serial:"), board)
    raise InputError(f"Firmware cannot run on {on!r}.", f"Places: {PLACES}.")
