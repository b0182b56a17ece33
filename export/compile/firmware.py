"""Compiles a rendered project folder to its firmware."""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from intelhex import IntelHex

from ..boards import Board
from ..errors import DoesNotFitError, InputError
from .elf import Image, load_image
from .stack import worst_case_stack
from .toolchain import Toolchain

SOURCE_FOLDERS = ("camera", "harness", "kernels", "model")
INDIRECT_CALLS = {"an_measure": ("an_call_model", "an_call_nothing")}
"""The only calls through a pointer that firmware may contain: the harness measures two functions by the same code."""

_STACK_RESERVE = "harness/stack_reserve.c"


@dataclass(frozen=True)
class Firmware:
    """A linked firmware: its files, its sizes in bytes as read from the ELF file, and the compiler with its version.

    ``code_bytes`` counts machine code and the vector table, ``constant_bytes`` weights, tables and initial values, ``flash_bytes`` all
    that is stored in flash. ``ram_bytes`` is everything in RAM: the stack's worst case, the arena, and all variables.
    """

    elf: Path
    bin: Path
    hex: Path
    code_bytes: int
    constant_bytes: int
    flash_bytes: int
    arena_bytes: int
    stack_bytes: int
    ram_bytes: int
    compiler: str


def compile_firmware(directory: Path, board: Board, name: str, toolchain: Toolchain) -> Firmware:
    """Compiles ``directory`` to build/<name>.elf, .bin and .hex in it, and writes the stack's worst case to its stack.mk.

    Equal inputs give equal bytes. Files of an earlier build are replaced only when the new ones are complete.

    Raises:
        DoesNotFitError: flash or RAM overflows; the message tells which and by how many bytes, the stack included.
        AttendNetsError: the compiler fails, or the stack has no bound.
        InputError: the folder holds no sources.
    """
    sources = sorted(
        path.relative_to(directory).as_posix() for folder in SOURCE_FOLDERS for path in (directory / folder).glob("*.[cS]")
    )
    if not sources:
        raise InputError(f"{directory} holds no firmware sources.", "Render a project there first.")
    with tempfile.TemporaryDirectory(prefix=".build-", dir=directory) as temporary:
        build = _Build(directory, Path(temporary).name, name, toolchain, board.target.exception_bytes)
        objects = build.compile_all(sources)
        stack_bytes = build.link_with_worst_case_stack(objects)
        image = load_image(directory / build.elf)
        finished = Path(temporary) / "finished"
        finished.mkdir()
        (directory / build.elf).rename(finished / f"{name}.elf")
        _write_flash_image(image, board, finished / name)
        _write_stack_makefile(directory, stack_bytes, toolchain)
        _replace(directory / "build", finished)
    firmware = read_firmware(image, board, directory / "build" / name, toolchain.description)
    if board.ram_limit is not None and firmware.ram_bytes > board.ram_limit:
        raise DoesNotFitError(
            f"{name} needs {firmware.ram_bytes} bytes of RAM, {firmware.ram_bytes - board.ram_limit} more than it may use.",
            "Allow more RAM, or choose a smaller model.",
        )
    return firmware


@dataclass(frozen=True)
class _Build:
    """The steps of one build; all paths are relative to ``directory``, so that none of them shows in the result."""

    directory: Path
    folder: str
    name: str
    toolchain: Toolchain
    exception_bytes: int

    @property
    def elf(self) -> str:
        return f"{self.folder}/{self.name}.elf"

    def compile_all(self, sources: Sequence[str]) -> list[str]:
        """Object files in the order of the sources."""
        for folder in SOURCE_FOLDERS:
            (self.directory / self.folder / folder).mkdir()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(self._compile, sources))

    def link_with_worst_case_stack(self, objects: Sequence[str]) -> int:
        """Links twice or more, until the reserved stack is what the linked program needs; returns its bytes."""
        reserved, needed = 0, self._link_in_boundless_memory(objects)
        while needed > reserved:
            reserved = needed
            self._reserve_stack(reserved)
            self.toolchain.link(self.directory, objects, "linker.ld", self.elf)
            needed = worst_case_stack(load_image(self.directory / self.elf), INDIRECT_CALLS, self.exception_bytes)
        return reserved

    def _link_in_boundless_memory(self, objects: Sequence[str]) -> int:
        """The stack's worst case must be known before anyone can say by how much a program is too large."""
        script = (self.directory / "linker.ld").read_text(encoding="utf-8")
        boundless = re.sub(r"LENGTH = \d+", "LENGTH = 0x10000000", script)
        boundless = re.sub(r"^ASSERT\(.*\)$", "", boundless, flags=re.MULTILINE)
        (self.directory / self.folder / "boundless.ld").write_text(boundless, encoding="utf-8")
        self._reserve_stack(8)
        self.toolchain.link(self.directory, objects, f"{self.folder}/boundless.ld", self.elf)
        return worst_case_stack(load_image(self.directory / self.elf), INDIRECT_CALLS, self.exception_bytes)

    def _reserve_stack(self, stack_bytes: int) -> None:
        self._compile(_STACK_RESERVE, [f"AN_STACK_BYTES={stack_bytes}"])

    def _compile(self, source: str, defines: Sequence[str] = ("AN_STACK_BYTES=8",)) -> str:
        output = f"{self.folder}/{Path(source).with_suffix('.o').as_posix()}"
        self.toolchain.compile(self.directory, source, output, defines if source == _STACK_RESERVE else ())
        return output


def _write_flash_image(image: Image, board: Board, stem: Path) -> None:
    contents = IntelHex()
    contents.padding = 0
    for segment in image.segments:
        contents.puts(segment.address, segment.data)
    contents.write_hex_file(str(stem.with_suffix(".hex")))
    stem.with_suffix(".bin").write_bytes(contents.tobinstr(start=board.flash.address))


def _write_stack_makefile(directory: Path, stack_bytes: int, toolchain: Toolchain) -> None:
    text = f"# Worst case of the program as compiled by {toolchain.description}\nSTACK_COMPILER := {toolchain.kind}\n"
    text += f"STACK_BYTES := {stack_bytes}\n"
    temporary = directory / ".stack.mk"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(directory / "stack.mk")


def _replace(old: Path, new: Path) -> None:
    if old.exists():
        shutil.rmtree(old)
    new.rename(old)


def read_firmware(image: Image, board: Board, stem: Path, compiler: str) -> Firmware:
    """The sizes of a program that was linked by a project's linker script to ``stem``.elf, with .bin and .hex beside it."""
    sizes = {section.name: section.size for section in image.sections.values()}
    end = max(segment.address + len(segment.data) for segment in image.segments)
    return Firmware(
        elf=stem.with_suffix(".elf"),
        bin=stem.with_suffix(".bin"),
        hex=stem.with_suffix(".hex"),
        code_bytes=sizes[".text"],
        constant_bytes=sizes.get(".rodata", 0) + sizes.get(".data", 0),
        flash_bytes=end - board.flash.address,
        arena_bytes=sizes.get(".arena", 0) + sizes.get(".arena_2", 0),
        stack_bytes=sizes[".stack"],
        ram_bytes=_ram_bytes(image, board),
        compiler=compiler,
    )


def _ram_bytes(image: Image, board: Board) -> int:
    """From the start of every bank to the end of what lies in it."""
    ends = [section.address + section.size for section in image.sections.values()]
    return sum(max((end - bank.address for end in ends if bank.address < end <= bank.end), default=0) for bank in board.ram)


def moved(firmware: Firmware, project: Path) -> Firmware:
    """The same firmware, with the paths it has when its project's folder is ``project``."""
    folder = project / "build"
    return replace(firmware, elf=folder / firmware.elf.name, bin=folder / firmware.bin.name, hex=folder / firmware.hex.name)
