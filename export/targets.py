"""Targets: the cores that firmware is compiled for, one YAML file each in ``firmware_templates/targets``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from .errors import InputError
from .schema import Described, nearest, parse

_COMPILE_FLAGS = (
    "-std=c99",
    "-O2",
    "-ffreestanding",
    # Fused multiply-adds round once where the reference rounds twice.
    "-ffp-contract=off",
    "-ffunction-sections",
    "-fdata-sections",
    "-fomit-frame-pointer",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-iquote.",
    "-Iharness",
    "-iquotekernels",
    "-DAN_ARENA_SECTION=.arena",
)
_LINK_FLAGS = ("-O2", "-nostartfiles", "-static", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,--entry=an_reset")


@dataclass(frozen=True)
class ToolchainFlags:
    """Command line of one compiler for one target, the only source of both ``compile_firmware`` and the project's Makefile."""

    compile: tuple[str, ...]
    link: tuple[str, ...]
    libraries: tuple[str, ...]


class Target(Described):
    """A core. ``board`` is built for where only the core is named: an emulated one where there is one.

    ``unicorn_cpu`` is None for cores that Unicorn does not have; ``caches``: the core may have some, which start-up must enable;
    ``tier``: the best kernels that it can run.
    """

    name: str
    description: str
    gcc_flags: tuple[str, ...]
    zig_flags: tuple[str, ...]
    unicorn_cpu: str | None
    caches: bool
    tier: Literal["portable", "thumb", "dsp", "mve"]
    board: str

    @property
    def exception_bytes(self) -> int:
        """What is pushed when an exception begins: eight words, with Helium eighteen more, and one to align the stack (Armv8-M Architecture
        Reference Manual, B3.19)."""
        return 4 * (8 + (18 if self.tier == "mve" else 0) + 1)

    def flags(self, toolchain: str) -> ToolchainFlags:
        """Flags for ``toolchain``, "gcc" or "zig"."""
        if toolchain == "gcc":
            # Merging equal functions would make two layers one; loops must not become calls of the functions they implement.
            extra = ("-fno-ipa-icf", "-fno-tree-loop-distribute-patterns")
            return ToolchainFlags(
                (*self.gcc_flags, *_COMPILE_FLAGS, *extra), (*self.gcc_flags, *_LINK_FLAGS, "-nostdlib"), ("-lgcc",)
            )
        # zig adds compiler-rt by itself, and would not with -nostdlib
        return ToolchainFlags((*self.zig_flags, *_COMPILE_FLAGS, "-g0"), (*self.zig_flags, *_LINK_FLAGS), ())


def target_names() -> list[str]:
    """Names of all targets, sorted."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir() if entry.name.endswith(".yaml"))


@cache
def load_target(name: str) -> Target:
    """The target called ``name``.

    Raises:
        InputError: there is no such target; the nearest names and all names are in the hint.
    """
    names = target_names()
    if name not in names:
        raise InputError(f"There is no target {name!r}.", f"{nearest(name, names)}Targets: {', '.join(names)}.")
    return parse(Target, (_folder() / f"{name}.yaml").read_text(encoding="utf-8"), f"target {name}")


def _folder() -> Any:
    return files("firmware_templates") / "targets"
