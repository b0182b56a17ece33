"""Choice of the cross compiler."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import AttendNetsError, DoesNotFitError
from ..targets import Target, ToolchainFlags
from . import gcc, zig
from .process import Completed, run_program

Kind = Literal["gcc", "zig"]

_MODULES = {"gcc": gcc, "zig": zig}
# GNU ld: region `RAM' overflowed by 12 bytes (but: by 1 byte); lld: section '.bss' will not fit in region 'RAM': overflowed by 12 bytes
_OVERFLOW = re.compile(r"region [`'](\w+)'[: ]+overflowed by (\d+) byte")


@dataclass(frozen=True)
class Toolchain:
    """A compiler for one target: its command, its name with version, and its flags."""

    kind: Kind
    command: tuple[str, ...]
    description: str
    flags: ToolchainFlags

    def compile(self, directory: Path, source: str, output: str, defines: Sequence[str] = ()) -> None:
        """Compiles ``source`` to the object file ``output``; both are relative to ``directory``.

        Raises:
            AttendNetsError: the compiler rejects the source.
        """
        flags = [*self.flags.compile, *(f"-D{define}" for define in defines)]
        run_program([*self.command, *flags, "-c", source, "-o", output], directory).require_success()

    def link(self, directory: Path, objects: Sequence[str], script: str, output: str) -> None:
        """Links ``objects`` by a linker ``script`` to the ELF file ``output``; all are relative to ``directory``.

        Raises:
            DoesNotFitError: a memory overflows; the message says which and by how many bytes.
            AttendNetsError: the link fails for another reason.
        """
        command = [*self.command, *self.flags.link, f"-Wl,-T,{script}", *objects, *self.flags.libraries, "-o", output]
        require_link(run_program(command, directory))


def require_link(done: Completed) -> None:
    """Raises as ``Toolchain.link``, where the linker failed."""
    overflows: dict[str, int] = {}
    for memory, shortfall in _OVERFLOW.findall(done.output):
        # lld tells the overflow after every section: the largest is the whole
        overflows[memory] = max(overflows.get(memory, 0), int(shortfall))
    if overflows:
        shortfalls = " and ".join(f"{memory} by {shortfall} bytes" for memory, shortfall in sorted(overflows.items()))
        hint = "Choose a larger target, or a smaller model or input."
        raise DoesNotFitError(f"The firmware does not fit: it exceeds {shortfalls}.", hint)
    done.require_success()


def find_toolchain(target: Target, prefer: Kind | None = None) -> Toolchain:
    """The compiler for ``target``: arm-none-eabi-gcc if it is installed, else clang as packaged by ``ziglang``.

    ``prefer`` asks for exactly one of them.

    Raises:
        AttendNetsError: there is none.
    """
    kinds: tuple[Kind, ...] = (prefer,) if prefer else ("gcc", "zig")
    for kind in kinds:
        module = _MODULES[kind]
        command = module.find()
        if command:
            return Toolchain(kind, command, module.describe(command), target.flags(kind))
    wanted = " and no ".join(_MODULES[kind].NAME for kind in kinds)
    raise AttendNetsError(f"No {wanted} found.", "Install one: " + ", or ".join(_MODULES[kind].INSTALL for kind in kinds) + ".")
