"""A model for somebody else's build system: its own C and the kernels it calls, with the manifest that the system wants, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from .errors import InputError
from .option_names import LAYOUTS
from .plan import Plan

FILES = {
    "cmake": {"CMakeLists.txt": "CMakeLists.txt"},
    "zephyr": {
        "zephyr/module.yml": "module.yml",
        "zephyr/CMakeLists.txt": "zephyr_CMakeLists.txt",
        "zephyr/Kconfig": "Kconfig",
    },
    "arduino": {"library.properties": "library.properties", "examples/{name}_once/{name}_once.ino": "sketch.ino"},
    "platformio": {"library.json": "library.json"},
    "cmsis-pack": {"{vendor}.{name}.pdsc": "package.pdsc"},
    "makefile": {"Makefile": "Makefile", "module.mk": "module.mk"},
}
"""For each layout its files beside src/ and README.md, and the template of each."""
assert tuple(FILES) == LAYOUTS

SOURCE_FOLDER = "src"
"""One flat folder in every layout: files that include each other by name need no include paths."""

VENDOR = "AttendNets-TF"

_LONGEST_NAME = 50
"""Of a library for PlatformIO; others allow more."""

_LONGEST_COMPONENT = 32

_STANDARD_HEADERS = frozenset(
    """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic stdbool stddef
    stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype arduino""".split()  # noqa: SIM905
)


class Buffer(NamedTuple):
    """An input or output that the caller provides: the C names of the variable and of its size."""

    name: str
    size: str
    comment: str


@dataclass(frozen=True)
class Module:
    """What the manifests say. ``sources`` and ``public_headers`` are paths in the module."""

    plan: Plan
    sources: tuple[str, ...]
    public_headers: tuple[str, ...]

    vendor: ClassVar = VENDOR
    url: ClassVar = "https://example.com/"
    version: ClassVar = "1.0.0"

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def symbol(self) -> str:
        """For Kconfig and make, whose names are shared with everybody's."""
        return f"ATTENDNETS_{self.name.upper()}"

    @property
    def component(self) -> str:
        """For CMSIS packs, which cut identifiers of components short."""
        return self.name[:_LONGEST_COMPONENT]

    @property
    def summary(self) -> str:
        shapes = ", ".join("x".join(map(str, value.shape)) for value in self.plan.inputs)
        return (
            f"A neural network with {self.plan.macs:,} multiply-accumulates for an input of {shapes}, compiled ahead of time."
        )

    @property
    def buffers(self) -> tuple[Buffer, ...]:
        """In the order of the arguments of <name>_run."""
        found = []
        for kind, values in (("input", self.plan.inputs), ("output", self.plan.outputs)):
            for number, value in enumerate(values):
                suffix = f"_{number}" if len(values) > 1 else ""
                size = f"{self.name.upper()}_{kind.upper()}{suffix}_BYTES"
                found.append(Buffer(f"{kind}{suffix}", size, f"{'x'.join(map(str, value.shape))} {value.dtype}"))
        return tuple(found)

    @property
    def arguments(self) -> str:
        return ", ".join(buffer.name for buffer in self.buffers)

    @property
    def first_output(self) -> str:
        return self.buffers[len(self.plan.inputs)].name


def require_name(name: str) -> None:
    """Raises InputError for a model whose name cannot be that of a library."""
    if name in _STANDARD_HEADERS:
        raise InputError(f"A module called {name} would hide the header <{name}.h>.", "Rename the model's file.")
    if len(name) > _LONGEST_NAME:
        raise InputError(
            f"{name} is too long for a library's name: {len(name)} characters, {_LONGEST_NAME} are allowed.",
            "Rename the model's file.",
        )
