"""A firmware project on disk, as ``build`` left it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .build import MODEL_FILE, PLAN_FILE, REPORT_FILE
from .errors import InputError
from .graph import Graph
from .optimize import optimize
from .plan.plan import SCHEMA_VERSION, Quantized
from .read import read_bytes
from .targets import Target, load_target

TOP = 5


@dataclass(frozen=True)
class Layer:
    """A step that completes its output: the function's name in the firmware, the model's name for it, and where the output lies."""

    symbol: str
    name: str
    tensor: int
    bank: str
    offset: int
    bytes: int


@dataclass(frozen=True, eq=False)
class Project:
    directory: Path
    name: str
    target: Target
    inputs: tuple[Quantized, ...]
    outputs: tuple[Quantized, ...]
    labels: tuple[str, ...]
    layers: tuple[Layer, ...]

    @property
    def elf(self) -> Path:
        return self.directory / "build" / f"{self.name}.elf"

    @property
    def model(self) -> bytes:
        return (self.directory / MODEL_FILE).read_bytes()

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.directory / REPORT_FILE).read_text(encoding="utf-8"))
        return report

    def graph(self) -> Graph:
        """The model's graph with the rewrites that the firmware was built with."""
        return optimize(read_bytes(self.model, str(self.directory / MODEL_FILE), self.name))[0]

    def predictions(self, output: bytes) -> list[dict[str, Any]]:
        """The best classes by the first output, best first: label, index and real-valued score."""
        first = self.outputs[0]
        values = np.frombuffer(output, np.int8)[: first.bytes].astype(np.float64)
        scores = first.scale * (values - first.zero_point)
        labels = self.labels if len(self.labels) == first.bytes else tuple(map(str, range(first.bytes)))
        best = np.argsort(-scores, kind="stable")[:TOP]
        return [{"label": labels[i], "index": int(i), "score": float(scores[i])} for i in best]


def load_project(directory: Path) -> Project:
    """Raises InputError where ``directory`` is not a complete build of this version."""
    hint = f"Build it first: attendnets-cli build --target cortex-m4 --out {directory}"
    try:
        plan = json.loads((directory / PLAN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{directory} is not a firmware project: no readable {PLAN_FILE}.", hint) from error
    if not isinstance(plan, dict) or plan.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"{directory} was built by another version of this program.", hint)
    try:
        project = Project(
            directory,
            plan["name"],
            load_target(plan["target"]),
            tuple(_quantized(value) for value in plan["inputs"]),
            tuple(_quantized(value) for value in plan["outputs"]),
            tuple(plan["labels"]),
            tuple(_layer(step, plan["buffers"][step["output"]]) for step in plan["steps"] if step["completes"]),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise InputError(f"{directory / PLAN_FILE} is damaged: {error}.", hint) from error
    for path in (project.elf, directory / MODEL_FILE, directory / REPORT_FILE):
        if not path.is_file():
            raise InputError(f"{directory} is incomplete: {path.name} is missing.", hint)
    return project


def _quantized(value: dict[str, Any]) -> Quantized:
    return Quantized(**(value | {"shape": tuple(value["shape"])}))


def _layer(step: dict[str, Any], buffer: dict[str, Any]) -> Layer:
    return Layer(step["name"], step["layer"], step["tensor"], buffer["bank"], buffer["offset"], buffer["bytes"])
