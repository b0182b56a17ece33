"""Clang and lld as packaged for pip by ``ziglang``."""

import sys
from importlib.metadata import PackageNotFoundError, version

NAME = "ziglang package"
INSTALL = "pip install ziglang"


def find() -> tuple[str, ...] | None:
    """Its command, or None."""
    try:
        version("ziglang")
    except PackageNotFoundError:
        return None
    return (sys.executable, "-m", "ziglang", "cc")


def describe(command: tuple[str, ...]) -> str:
    """Name and version, such as "zig cc 0.17.1"."""
    return f"zig cc {version('ziglang')}"
