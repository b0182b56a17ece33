"""Renders the project around TensorFlow Lite Micro: its C++ beside the harness that both runtimes share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..tflm.plan import TflmPlan

BYTES_PER_LINE = 24
_COMMENT_WIDTH = 110


def model_lines(model: bytes) -> Iterator[str]:
    """The initializer of a C array of bytes."""
    for start in range(0, len(model), BYTES_PER_LINE):
        yield ", ".join(map(str, model[start : start + BYTES_PER_LINE])) + ","


def arena_comment(plan: TflmPlan) -> str:
    """Where the arena's size comes from, as a C comment."""
    lines = textwrap.wrap(f"The arena: {plan.arena.reason}.", _COMMENT_WIDTH)
    return "/* " + "\n * ".join(lines) + " */"


def makefile_variables(plan: TflmPlan, sources: list[str]) -> dict[str, Any]:
    from ..tflm.library import build_command
    from ..tflm.plan import STACK_BYTES

    return {
        "name": plan.name,
        "target": plan.board.target,
        "c_sources": [source for source in sources if source.endswith(".c")],
        "cxx_sources": [source for source in sources if source.endswith(".cc")],
        "stack_bytes": STACK_BYTES,
        "build_command": build_command(plan.board.target),
    }
