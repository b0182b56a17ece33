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
    """The library for ``target``, or where TFLM_DIR is not set, what is missing in words.

    Raises:
        InputError: TFLM_DIR is set, and there is no library for the target.
    """
    value = os.environ.get(VARIABLE, "")
    if not value:
        return f"{VARIABLE} is not set: set it to a tflite-micro source tree in which the library was built: {build_command(target)}"
    directory = Path(value).resolve()
    # The core with its floating-point unit first: that is what upstream's own examples build.
    for architecture in (f"{target.name}+fp", target.name):
        found = sorted(directory.glob(f"gen/cortex_m_generic_{architecture}_*_gcc/{_LIBRARY}"))
        if found:
            return Library(directory, found[0], architecture)
    raise InputError(f"{VARIABLE}={value} holds no library for {target.name}.", f"Build it there: {build_command(target)}")


def build_command(target: Target) -> str:
    """How to build the library, in the root of the tflite-micro source tree."""
    return (
        "make -f tensorflow/lite/micro/tools/make/Makefile TARGET=cortex_m_generic "
        f"TARGET_ARCH={target.name} OPTIMIZED_KERNEL_DIR=cmsis_nn microlite"
    )
