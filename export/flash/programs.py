"""Flash tools that are programs: OpenOCD, st-flash and SEGGER's J-Link Commander. They are asked for the chip before they write."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..compile.process import run_program
from ..errors import AttendNetsError
from ..programs import JLINK as JLINK_PROGRAM
from ..programs import OPENOCD as OPENOCD_PROGRAM
from ..programs import ST_FLASH as ST_FLASH_PROGRAM
from ..programs import Program
from ..project import Project
from .chip import require_chip

_LAST_LINES = 6
_NO_PROBE = ("no device found", "unable to find", "couldn't find any", "cannot connect to j-link", "open failed", "no st-link")


@dataclass(frozen=True)
class FlashProgram:
    """``arguments`` makes its command line for a project, in a folder for the files it may need; ``question`` the command that
    prints the identity register of the board's chip; ``answer`` is the regular expression of what it prints after the address."""

    program: Program
    knows: Callable[[Project], object]
    question: Callable[[Project, Path, str], list[str]]
    answer: str
    arguments: Callable[[Project, Path], list[str]]
    success: str = ""
    """What it prints when all went well, for programs whose exit status does not tell."""

    def why_not(self, project: Project) -> str:
        if not self.knows(project):
            return "does not know this board"
        return "" if self.program.find() else f"not installed ({self.program.install})"

    def write(self, project: Project) -> None:
        """Raises AttendNetsError where it fails, with the last it said."""
        command = self.program.find()
        assert command
        with tempfile.TemporaryDirectory(prefix="attendnets-") as folder:
            self._require_chip(project, Path(folder), command)
            done = run_program([command, *self.arguments(project, Path(folder))], Path.cwd())
        if done.code == 0 and self.success in done.output:
            return
        if any(words in done.output.lower() for words in _NO_PROBE):
            raise AttendNetsError(
                f"{self.program.name} finds no probe.", "Plug the board in; on Linux, install the tool's udev rules."
            )
        last = "\n".join(done.output.strip().splitlines()[-_LAST_LINES:])
        hint = f"Is the board a {project.board.title} ({project.board.chip})? Try again with the reset button held while it starts."
        raise AttendNetsError(f"{self.program.name} could not write the firmware:\n{last}", hint)

    def _require_chip(self, project: Project, folder: Path, command: str) -> None:
        """Where there is no answer, what the program says when it writes tells more."""
        identity = project.board.identity
        if identity is None:
            return
        question = self.question(project, folder, command)
        if shutil.which(question[0]):
            printed = run_program(question, Path.cwd()).output
            answer = re.search(self.answer.format(f"{identity.at:08x}"), printed, re.IGNORECASE | re.MULTILINE)
            if answer:
                require_chip(project.board, int(answer[1], 16))


def _openocd_scripts(project: Project) -> list[str]:
    scripts = (project.board.flash_tools.openocd or "").split()
    return [word for script in scripts for word in ("-f", script)]


def _openocd_question(project: Project, folder: Path, command: str) -> list[str]:
    return [command, *_openocd_scripts(project), "-c", f"init; reset halt; mdw {_identity_address(project)}; shutdown"]


def _openocd(project: Project, folder: Path) -> list[str]:
    return [*_openocd_scripts(project), "-c", f"program {{{project.elf.resolve()}}} verify reset exit"]


def _st_flash_question(project: Project, folder: Path, command: str) -> list[str]:
    return ["st-info", "--chipid"]


def _st_flash(project: Project, folder: Path) -> list[str]:
    address = f"0x{project.board.flash.address:08X}"
    return ["--reset", "write", str(project.elf.with_suffix(".bin").resolve()), address]


def _jlink_question(project: Project, folder: Path, command: str) -> list[str]:
    return [command, *_jlink_script(project, folder, f"mem32 {_identity_address(project)}, 1\nexit\n")]


def _jlink(project: Project, folder: Path) -> list[str]:
    binary = project.elf.with_suffix(".bin").resolve()
    address = f"0x{project.board.flash.address:08X}"
    return _jlink_script(project, folder, f'r\nloadbin "{binary}", {address}\nverifybin "{binary}", {address}\nr\ng\nexit\n')


def _jlink_script(project: Project, folder: Path, commands: str) -> list[str]:
    script = folder / "flash.jlink"
    script.write_text(commands, encoding="utf-8")
    device = ["-device", project.board.flash_tools.jlink or "", "-if", "SWD", "-speed", "4000"]
    return [*device, "-autoconnect", "1", "-NoGui", "1", "-ExitOnError", "1", "-CommanderScript", str(script)]


def _identity_address(project: Project) -> str:
    assert project.board.identity
    return f"0x{project.board.identity.at:08X}"


OPENOCD = FlashProgram(
    OPENOCD_PROGRAM,
    lambda project: project.board.flash_tools.openocd,
    _openocd_question,
    r"{}: ([0-9a-f]+)",
    _openocd,
    "Verified OK",
)
ST_FLASH = FlashProgram(
    ST_FLASH_PROGRAM, lambda project: project.board.flash_tools.st_flash, _st_flash_question, "^0x([0-9a-f]+)", _st_flash
)
JLINK = FlashProgram(
    JLINK_PROGRAM,
    lambda project: project.board.flash_tools.jlink,
    _jlink_question,
    "{} = ([0-9a-f]+)",
    _jlink,
    "Verify successful",
)
