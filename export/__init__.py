"""The compiler: an int8 ``.tflite`` in, verified firmware for a Cortex-M out.

Stages, in the order a model passes through them: read, check, optimize, lower, plan, render, compile, run.
Nothing in this package imports TensorFlow.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .compiled import CompiledModel


def load(path: str | Path) -> CompiledModel:
    """A ``.tflite`` file or firmware project, compiled for this machine, to call from Python; see :mod:`export.compiled`."""
    from .compiled import load as compile_and_load

    return compile_and_load(path)
