"""Runs built firmware: one interface over emulators, and the serial protocol that they share with real boards."""

from pathlib import Path
from typing import Literal

from ..boards import Board
from .device import Device

DeviceName = Literal["unicorn", "qemu"]


def open_device(on: DeviceName, elf: Path, board: Board) -> Device:
    """The firmware ``elf`` on an emulator; a context manager, booted on entry."""
    if on == "qemu":
        from .qemu import QemuDevice

        return QemuDevice(elf, board)
    from .unicorn import UnicornDevice

    return UnicornDevice(elf, board)
