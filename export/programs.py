"""The programs outside of Python that the product can use: their names, what they are for, where they come from."""

import shutil
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """Found under the first of ``commands`` that is on PATH; ``version_flag`` is empty where asking takes too long."""

    name: str
    commands: tuple[str, ...]
    version_flag: str
    enables: str
    install: str

    def find(self) -> str | None:
        """The command, or None."""
        return next(filter(shutil.which, self.commands), None)


ARM_GCC = Program(
    "arm-none-eabi-gcc",
    ("arm-none-eabi-gcc",),
    "-dumpfullversion",
    "build: smaller code than with ziglang",
    "apt-get install gcc-arm-none-eabi (macOS: brew install --cask gcc-arm-embedded)",
)
HOST_COMPILER = Program(
    "host C compiler",
    ("cc", "gcc", "clang"),
    "--version",
    "verify: the generated C on this machine",
    "apt-get install gcc (macOS: xcode-select --install), or pip install ziglang",
)
QEMU = Program(
    "qemu-system-arm",
    ("qemu-system-arm",),
    "--version",
    "run --on qemu",
    "apt-get install qemu-system-arm (macOS: brew install qemu)",
)
RENODE = Program("renode", ("renode",), "", "emulator scripts for Renode", "download from https://renode.io")
MAKE = Program("make", ("make",), "--version", "building a project by its Makefile", "apt-get install make")
OPENOCD = Program("openocd", ("openocd",), "", "flash", "apt-get install openocd (macOS: brew install open-ocd)")
ST_FLASH = Program("st-flash", ("st-flash",), "", "flash: STM32", "apt-get install stlink-tools (macOS: brew install stlink)")
JLINK = Program("J-Link Commander", ("JLinkExe", "JLink"), "", "flash: by a J-Link", "download from https://www.segger.com")

PROGRAMS = (ARM_GCC, HOST_COMPILER, QEMU, RENODE, MAKE, OPENOCD, ST_FLASH, JLINK)
