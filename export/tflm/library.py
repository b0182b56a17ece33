"""The TensorFlow Lite Micro library that the user has built: where it is, or the command that makes it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..targets import Target

VARIABLE = "TFLM_DIR"
_LIBRARY = "lib/libtensorflow-microlite.a"
_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Library:
    """``directory`` is the source tree, ``path`` the static library, ``architecture`` the TARGET_ARCH it was built for."""

    directory: Path
    path: Path
    architecture: str


def find_library(target: Target) -> Library | str:
    """The library for ``target`` that was built last, or where TFLM_DIR is not set, what is missing in words.

    Raises:
        InputError: TFLM_DIR is set, and cannot be read or holds no library for the target.
    """
    value = os.environ.get(VARIABLE, "")
    if not value:
        return f"{VARIABLE} is not set: set it to a tflite-micro source tree in which the library was built: {build_command(target)}"
    shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
    try:
        directory = Path(value).resolve()
        found = [
            (path.stat().st_mtime, Library(directory, path, architecture))
            for architecture in (target.name, f"{target.name}+fp")
            for path in directory.glob(f"gen/cortex_m_generic_{architecture}_*_gcc/{_LIBRARY}")
        ]
    except (OSError, RuntimeError) as error:
        # Python 3.11 and 3.12 have RuntimeError for a loop of symbolic links.
        reason = error.strerror if isinstance(error, OSError) else "a loop of symbolic links"
        raise InputError(f"{VARIABLE}={shown} cannot be read: {reason}.", "Set it to a tflite-micro source tree.") from error
    if not found:
        raise InputError(f"{VARIABLE}={shown} holds no library for {target.name}.", f"Build it there: {build_command(target)}")
    return max(found, key=lambda candidate: candidate[0])[1]


def build_command(target: Target) -> str:
    """How to build the library, in the root of the tflite-micro source tree."""
    return (
        "make -f tensorflow/lite/micro/tools/make/Makefile TARGET=cortex_m_generic "
        f"TARGET_ARCH={target.name} OPTIMIZED_KERNEL_DIR=cmsis_nn microlite"
    )
