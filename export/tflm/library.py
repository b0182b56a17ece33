"""The TensorFlow Lite Micro library that the user has built: where it is, or the command that makes it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..targets import Target

VARIABLE = "TFLM_DIR"
_LIBRARY = "lib/libtensorflow-microlite.a"


@dataclass(frozen=True)
class Library:
    """``directory`` is the source tree, ``path`` the static library, ``architecture`` the TARGET_ARCH it was built for."""

    directory: Path
    path: Path
    architecture: str


def find_library(target: Target) -> Library | str:
    """The library for ``target`` that was built last, or where TFLM_DIR is not set, what is missing in words.

    Raises:
        InputError: TFLM_DIR is set, and there is no library for the target.
    """
    value = os.environ.get(VARIABLE, "")
    if not value:
        return f"{VARIABLE} is not set: set it to a tflite-micro source tree in which the library was built: {build_command(target)}"
    directory = Path(value).resolve()
    found = [
        Library(directory, path, architecture)
        for architecture in (target.name, f"{target.name}+fp")
        for path in directory.glob(f"gen/cortex_m_generic_{architecture}_*_gcc/{_LIBRARY}")
    ]
    if not found:
        raise InputError(f"{VARIABLE}={value} holds no library for {target.name}.", f"Build it there: {build_command(target)}")
    return max(found, key=lambda library: library.path.stat().st_mtime)


def build_command(target: Target) -> str:
    """How to build the library, in the root of the tflite-micro source tree."""
    return (
        "make -f tensorflow/lite/micro/tools/make/Makefile TARGET=cortex_m_generic "
        f"TARGET_ARCH={target.name} OPTIMIZED_KERNEL_DIR=cmsis_nn microlite"
    )
