"""The GNU Arm Embedded compiler, found on PATH."""

from pathlib import Path

from ..programs import ARM_GCC
from .process import run_program

NAME, INSTALL = ARM_GCC.name, ARM_GCC.install


def find() -> tuple[str, ...] | None:
    """Its command, or None."""
    command = ARM_GCC.find()
    return (command,) if command else None


def describe(command: tuple[str, ...]) -> str:
    """Name and version, such as "arm-none-eabi-gcc 12.2.1"."""
    return f"{NAME} {run_program([*command, ARM_GCC.version_flag], Path.cwd()).require_success().strip()}"
