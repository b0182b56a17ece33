"""From a model file to a module for somebody else's build system: the stages of ``build`` up to the C, and no compiler."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .boards import Board
from .build import REPORT_FILE, layer_reports, plan_model, replaced
from .camera import Camera
from .layouts import require_name
from .plan import Plan
from .preprocessing import PLAIN_PIXELS, Preprocessing
from .render import render_module


@dataclass(frozen=True)
class ModuleBuild:
    """A finished module: ``out`` holds src/, the manifest, README.md and the plan."""

    plan: Plan
    out: Path

    def report(self) -> dict[str, Any]:
        """The published summary: integers are bytes, or multiply-accumulates. What only a linked program can tell is not there."""
        plan = self.plan
        return {
            "layout": plan.layout,
            "target": plan.board.core,
            "board": plan.board.name,
            "macs": plan.macs,
            "flash": {"constants": plan.constant_bytes},
            "ram": {"arena": plan.whole_arena_bytes, "scratch": plan.scratch_bytes, "state": plan.state_bytes},
            "camera": plan.camera and plan.camera.to_json(),
            "out": str(self.out),
            "layers": layer_reports(plan),
        }


def build_module(
    model: Path,
    board: Board,
    out: Path,
    layout: str,
    labels: tuple[str, ...] = (),
    progress: Callable[[str], None] = lambda stage: None,
    without: Collection[str] = (),
    preprocessing: Preprocessing = PLAIN_PIXELS,
    camera: Camera | None = None,
) -> ModuleBuild:
    """Render ``model`` for a board as a module in a ``layout`` of export.layouts; ``out`` is replaced as a whole.

    Raises InputError and DoesNotFitError as ``export.build.build``, and InputError for a name that no library can have.
    """
    plan = replace(plan_model(model, board, labels, progress, without, preprocessing, camera).plan, layout=layout)
    require_name(plan.name)
    with replaced(out) as directory:
        progress("rendering C")
        render_module(plan, layout, directory)
        result = ModuleBuild(plan, out)
        (directory / REPORT_FILE).write_text(json.dumps(result.report(), indent=1) + "\n", encoding="utf-8")
    return result
