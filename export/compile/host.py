"""The same model code, compiled for the machine at hand: to run many inputs fast, to see every layer, to run it under sanitizers."""

import sys
import tempfile
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from ..errors import AttendNetsError
from ..programs import HOST_COMPILER
from . import zig
from .process import run_program

# Fused multiply-adds would round once where the targets round twice.
_FLAGS = ("-std=c99", "-ffp-contract=off", "-Wall", "-Wextra", "-Wconversion", "-iquote.", "-iquotekernels")
_LIBRARY_FLAGS = ("-O3", "-shared", "-fPIC", "-DAN_TRACE")
_NATIVE_FLAG = "-march=native"
_SANITIZER_FLAGS = ("-O2", "-Werror", "-iquoteharness", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def find_host_compiler() -> tuple[str, ...]:
    """The host's C compiler, else clang as packaged by ``ziglang``.

    Raises:
        AttendNetsError: there is neither.
    """
    installed = HOST_COMPILER.find()
    if installed:
        return (installed,)
    command = zig.find()
    if command is None:
        raise AttendNetsError(
            "No C compiler for this machine found: no cc and no ziglang package.", f"Install one: {HOST_COMPILER.install}."
        )
    return command


def compile_host(directory: Path, out: Path) -> Path:
    """Shared library of the model and its kernels in the project ``directory``, for HostModel. Returns ``out``.

    Raises:
        AttendNetsError: there is no compiler, it rejects the sources, or it writes nothing.
    """
    # The library never leaves this machine, so it may use all that its processor has.
    native = (_NATIVE_FLAG,) if _accepts(find_host_compiler(), _NATIVE_FLAG) else ()
    return _compile(directory, out, "an_host.c", (*_LIBRARY_FLAGS, *native))


def compile_host_program(directory: Path, out: Path) -> Path:
    """Program that reads input tensors from standard input and writes output tensors to standard output. Returns ``out``.

    Built with the address and undefined behaviour sanitizers: the first violation ends it with an exit code other than 0.

    Raises:
        AttendNetsError: there is no compiler with these sanitizers, or it rejects the sources.
    """
    return _compile(directory, out, "an_host_main.c", _SANITIZER_FLAGS)


def _compile(directory: Path, out: Path, shim: str, flags: tuple[str, ...]) -> Path:
    sources = sorted(
        path.relative_to(directory).as_posix() for folder in ("kernels", "model") for path in (directory / folder).glob("*.c")
    )
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    with (
        as_file(files("firmware_templates") / "harness" / "host" / shim) as shim_path,
        tempfile.TemporaryDirectory(prefix=".host-", dir=out.parent) as temporary,
    ):
        finished = Path(temporary) / out.name
        command = [*find_host_compiler(), *_FLAGS, *flags, *sources, str(shim_path), "-o", str(finished)]
        done = run_program(command, directory)
        done.require_success()
        if not finished.is_file():
            raise AttendNetsError(f"`{done.command}` wrote no {out.name}.", "Check the compiler: attendnets-cli doctor.")
        finished.replace(out)
    return out


@cache
def _accepts(compiler: tuple[str, ...], flag: str) -> bool:
    """Whether a compiler knows ``flag``; processors differ in that."""
    with tempfile.TemporaryDirectory(prefix="attendnets-") as folder:
        source = Path(folder) / "empty.c"
        source.touch()
        return run_program([*compiler, flag, "-c", source.name, "-o", "empty.o"], Path(folder)).code == 0


def library_name(name: str) -> str:
    """File name of a shared library called ``name`` on this machine."""
    return {"win32": f"{name}.dll", "darwin": f"lib{name}.dylib"}.get(sys.platform, f"lib{name}.so")
