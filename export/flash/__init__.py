"""Writes a project's firmware to its board: to the drive of its boot loader, by pyOCD, else by whatever tool of the board's is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import AttendNetsError, InputError
from ..option_names import FLASH_TOOLS
from ..project import Project
from ..run.serial import SerialDevice
from ..self_test import SEED
from . import programs, pyocd, uf2


@dataclass(frozen=True)
class Tool:
    """``why_not`` says what keeps it from writing a project, or gives ""; ``write`` writes, verifies where the tool can, and resets."""

    name: str
    why_not: Callable[[Project], str]
    write: Callable[[Project], None]


TOOLS = (
    # A boot loader's drive is there only when somebody has asked the board for it.
    Tool("uf2", uf2.why_not, uf2.write),
    Tool("pyocd", pyocd.why_not, pyocd.write),
    Tool("openocd", programs.OPENOCD.why_not, programs.OPENOCD.write),
    Tool("st-flash", programs.ST_FLASH.why_not, programs.ST_FLASH.write),
    Tool("jlink", programs.JLINK.why_not, programs.JLINK.write),
)
assert ("auto", *(tool.name for tool in TOOLS)) == FLASH_TOOLS


def flash(project: Project, probe: str = "auto", port: str | None = None) -> dict[str, Any]:
    """Write the firmware; with a ``port``, the board then tests itself and must answer with the reference's bytes.

    Raises:
        InputError: the project's board is an emulated one, or there is a port and the firmware has no self-test.
        AttendNetsError: no tool is there, the tool fails, or the board does not answer as it must.
    """
    if port:
        project.require_serial_protocol()
        project.require_generated_c()
    tool = _choose(project, probe)
    tool.write(project)
    result: dict[str, Any] = {"board": project.board.name, "tool": tool.name, "elf": str(project.elf)}
    if port:
        result |= _self_test(project, port)
    return result


def _choose(project: Project, probe: str) -> Tool:
    if not any(value for value in project.board.flash_tools.model_dump().values()):
        raise InputError(f"{project.board.title} is not flashed.", "Run it: attendnets-cli run, which needs no board.")
    reasons = []
    for tool in TOOLS:
        if probe in ("auto", tool.name):
            reason = tool.why_not(project)
            if not reason:
                return tool
            reasons.append(f"{tool.name}: {reason}")
    raise AttendNetsError(f"Nothing here can flash {project.board.name}.", "; ".join(reasons) + ".")


def _self_test(project: Project, port: str) -> dict[str, Any]:
    expected = int(project.report["self_test"]["crc"], 16)
    with SerialDevice(port, project.board) as device:
        device.require_plan(project.plan_hash)
        found = device.self_test(SEED)
    if found != expected:
        raise AttendNetsError(
            f"The board's self-test gives 0x{found:08x}, the reference 0x{expected:08x}.",
            "Check the board's supply and clock; attendnets-cli verify --on unicorn tells whether the firmware itself is right.",
        )
    return {"port": port, "self_test": "passed"}
