"""Targets: what the firmware is compiled for, one YAML file each in ``firmware_templates/targets``."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from .errors import InputError

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
)
_LINK_FLAGS = ("-O2", "-nostartfiles", "-static", "-Wl,--gc-sections", "-Wl,--build-id=none", "-Wl,--entry=an_reset")


@dataclass(frozen=True)
class ToolchainFlags:
    """Command line of one compiler for one target, the only source of both ``compile_firmware`` and the project's Makefile."""

    compile: tuple[str, ...]
    link: tuple[str, ...]
    libraries: tuple[str, ...]


@dataclass(frozen=True)
class Memory:
    """A region of the address space: first address and size in bytes."""

    address: int
    bytes: int


@dataclass(frozen=True)
class Target:
    """A core with its memories and the two peripherals that the harness drives.

    ``uart`` and ``timer`` are base addresses of CMSDK peripherals; the timer counts at ``clock_hz``.
    """

    name: str
    description: str
    gcc_flags: tuple[str, ...]
    zig_flags: tuple[str, ...]
    unicorn_cpu: str
    qemu_machine: str
    clock_hz: int
    flash: Memory
    ram: Memory
    uart: int
    timer: int

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
        InputError: there is no such target (the nearest name and all names are in the hint), or its file breaks the schema.
    """
    names = target_names()
    if name not in names:
        nearest = get_close_matches(name, names, n=1)
        question = f"Did you mean {nearest[0]}? " if nearest else ""
        raise InputError(f"There is no target {name!r}.", f"{question}Targets: {', '.join(names)}.")
    return parse_target(name, (_folder() / f"{name}.yaml").read_text(encoding="utf-8"))


def parse_target(name: str, text: str) -> Target:
    """Target from the text of its YAML file.

    Raises:
        InputError: not YAML, unknown or missing keys, values of a wrong type, or a name that differs from ``name``.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"Target {name}: not valid YAML: {error}.", "Correct the file.") from error
    fields = _checked(name, content, _TARGET_SCHEMA)
    if fields["name"] != name:
        raise InputError(f"Target {name}: the file calls itself {fields['name']!r}.", "Name and file name must agree.")
    for key in ("flash", "ram"):
        fields[key] = Memory(**_checked(f"{name}, {key}", fields[key], _MEMORY_SCHEMA))
    for key in ("gcc_flags", "zig_flags"):
        if not all(isinstance(flag, str) for flag in fields[key]):
            raise InputError(f"Target {name}: {key} must be a list of texts.", "Quote the flags that are not.")
        fields[key] = tuple(fields[key])
    return Target(**fields)


_MEMORY_SCHEMA: dict[str, type] = {"address": int, "bytes": int}
_TARGET_SCHEMA: dict[str, type] = {
    "name": str,
    "description": str,
    "gcc_flags": list,
    "zig_flags": list,
    "unicorn_cpu": str,
    "qemu_machine": str,
    "clock_hz": int,
    "flash": dict,
    "ram": dict,
    "uart": int,
    "timer": int,
}


def _checked(where: str, content: Any, schema: dict[str, type]) -> dict[str, Any]:
    if not isinstance(content, dict) or set(content) != set(schema):
        found = ", ".join(map(str, content)) if isinstance(content, dict) else "no mapping"
        raise InputError(f"Target {where}: expected exactly the keys {', '.join(schema)}; found {found}.", "Correct the file.")
    for key, kind in schema.items():
        if type(content[key]) is not kind:
            raise InputError(
                f"Target {where}: {key} must be of type {kind.__name__}, not {content[key]!r}.", "Correct the file."
            )
    return dict(content)


def _folder() -> Any:
    return files("firmware_templates") / "targets"
