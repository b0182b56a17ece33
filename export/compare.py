"""The same model under both runtimes: ahead-of-time compiled, and interpreted by TensorFlow Lite Micro."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from .boards import Board
from .build import Build, build
from .errors import DoesNotFitError, InputError
from .project import load_project
from .read import file_content
from .run import default_place, open_device
from .tflm import TflmBuild, build_tflm
from .tflm.operators import registration
from .verify import random_samples

T = TypeVar("T")
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """Two finished builds. Where one runtime does not take the model, its build is None and ``refused`` has the message by runtime.

    ``instructions`` are those of one inference, by every runtime that has a program to run.
    """

    model: Path
    board: Board
    aot: Build | None
    tflm: TflmBuild | None
    refused: dict[str, str]
    instructions: dict[str, int | None]

    def to_json(self) -> dict[str, Any]:
        """The published form: integers are bytes or instructions; null is what cannot be known, never an estimate."""
        return {
            "model": str(self.model),
            "target": self.board.core,
            "board": self.board.name,
            "runtimes": {"aot": self._aot(), "tflm": self._tflm()},
            "operators": self._operators(),
            "missing": self.tflm.missing if self.tflm else None,
        }

    def _aot(self) -> dict[str, Any]:
        report = self.aot.report() if self.aot else {"ram": {}, "flash": {}}
        operators = len(self.aot.plan.steps) if self.aot else None
        return self._figures("aot", report["ram"], report["flash"], operators, {})

    def _tflm(self) -> dict[str, Any]:
        report = self.tflm.report() if self.tflm else {"ram": {}, "flash": {}, "operators": {}}
        operators = sum(report["operators"].values()) if self.tflm else None
        known = {"arena_measured": report["arena"]["measured"], "model": report["model"]} if self.tflm else {}
        return self._figures("tflm", report["ram"], report["flash"], operators, known)

    def _figures(
        self, runtime: str, ram: dict[str, Any], flash: dict[str, Any], operators: int | None, known: dict[str, int]
    ) -> dict[str, Any]:
        return {
            "ram": {
                "arena_measured": known.get("arena_measured"),
                **{key: ram.get(key) for key in ("arena", "stack", "total")},
            },
            "flash": {"model": known.get("model"), **{key: flash.get(key) for key in ("code", "constants", "total")}},
            "operators": operators,
            "instructions": self.instructions.get(runtime),
            "refused": self.refused.get(runtime),
        }

    def _operators(self) -> list[dict[str, Any]]:
        """Every kind of operator in either: how often each runtime executes it, our kernels and their registration."""
        steps: dict[str, list[str]] = {}
        for step in self.aot.plan.steps if self.aot else ():
            steps.setdefault(step.operator, []).append(step.kernel)
        counts = self.tflm.plan.operators if self.tflm else {}
        return [
            {
                "operator": kind,
                "aot": {"count": len(steps.get(kind, [])), "kernels": sorted(set(steps.get(kind, [])))},
                "tflm": {"count": counts.get(kind, 0), "registration": registration(kind) if kind in counts else None},
            }
            for kind in dict.fromkeys([*counts, *steps])
        ]


def compare(model: Path, board: Board, progress: Progress = lambda stage: None) -> Comparison:
    """Build ``model`` for both runtimes, in folders that are gone afterwards; what is a program runs once on an emulator.

    Raises InputError where neither runtime takes the model, AttendNetsError where a compiler or the emulator fails.
    """
    file_content(model)
    refused: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="attendnets-") as temporary:
        folder = Path(temporary)
        aot = _accepted("aot", lambda: build(model, board, folder / "aot", progress=progress), refused)
        tflm = _accepted("tflm", lambda: build_tflm(model, board, folder / "tflm", progress=progress), refused)
        if aot is None and tflm is None:
            raise InputError(f"Neither runtime takes the model. {refused['aot']} {refused['tflm']}", "See docs/operators.md.")
        programs = [name for name, made in (("aot", aot), ("tflm", tflm and tflm.firmware)) if made]
        progress("counting instructions")
        instructions = {name: _instructions(folder / name) for name in programs}
    return Comparison(model, board, aot, tflm, refused, instructions)


def _accepted(runtime: str, make: Callable[[], T], refused: dict[str, str]) -> T | None:
    """What ``make`` gives, or None where it rejects the model; the reason is then in ``refused``."""
    try:
        return make()
    except (InputError, DoesNotFitError) as error:
        refused[runtime] = error.message
        return None


def _instructions(directory: Path) -> int | None:
    project = load_project(directory)
    (sample,) = random_samples(1, project.inputs)
    with open_device(default_place(project.board), project.elf, project.board) as device:
        return device.infer(sample.tobytes()).instructions
