"""A firmware project on disk, as ``build`` left it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .boards import Board, parse_board
from .build import MODEL_FILE, PLAN_FILE, REPORT_FILE
from .check import check
from .errors import InputError
from .graph import Graph, item_type
from .plan.plan import SCHEMA_VERSION, Quantized, content_sha256
from .preprocessing import Preprocessing
from .read import read_bytes
from .targets import Target

TOP = 5


@dataclass(frozen=True)
class Layer:
    """A step that completes its output: the function's name in the firmware, the model's name for it, and where the output lies.

    ``rows`` is None, or says that only so many rows of the output are kept.
    """

    symbol: str
    name: str
    tensor: int
    bank: str
    offset: int
    bytes: int
    rows: int | None


@dataclass(frozen=True, eq=False)
class Project:
    directory: Path
    name: str
    board: Board
    inputs: tuple[Quantized, ...]
    outputs: tuple[Quantized, ...]
    labels: tuple[str, ...]
    preprocessing: Preprocessing
    layers: tuple[Layer, ...]
    plan_hash: str
    model: bytes
    runtime: str
    benchmark: dict[str, Any] | None

    @property
    def target(self) -> Target:
        return self.board.target

    @property
    def elf(self) -> Path:
        return self.directory / "build" / f"{self.name}.elf"

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.directory / REPORT_FILE).read_text(encoding="utf-8"))
        return report

    def require_generated_c(self) -> None:
        """Raises InputError for a project around TensorFlow Lite Micro's interpreter."""
        if self.runtime != "aot":
            raise InputError(
                f"{self.directory} runs TensorFlow Lite Micro's own code: it has no generated C.",
                "Use attendnets-cli run, or build with --runtime aot.",
            )

    def require_serial_protocol(self) -> None:
        """Raises InputError for firmware that serves a benchmark's runner instead."""
        if self.benchmark:
            raise InputError(
                f"The firmware in {self.directory} speaks the protocol of {self.benchmark['protocol']}, for that benchmark's runner.",
                "Build it without --harness to run, verify or test it here.",
            )

    def graph(self) -> Graph:
        """The model as it is in the file, without any rewrite: what the firmware must equal."""
        return check(read_bytes(self.model, str(self.directory / MODEL_FILE), self.name))

    def predictions(self, output: bytes) -> list[dict[str, Any]]:
        """The best classes by the first output, best first: label, index and real-valued score."""
        first = self.outputs[0]
        values = np.frombuffer(output[: first.bytes], item_type(first.dtype)).astype(np.float64)
        scores = first.scale * (values - first.zero_point)
        labels = self.labels or tuple(map(str, range(len(values))))
        best = np.argsort(-scores, kind="stable")[:TOP]
        return [{"label": labels[i], "index": int(i), "score": float(scores[i])} for i in best]


def load_project(directory: Path) -> Project:
    """Raises InputError where ``directory`` is not a complete and unchanged build of this version."""
    hint = f"Build it again: attendnets-cli build MODEL.tflite --out {directory}"
    plan = _plan(directory, hint)
    if layout := plan.get("layout"):
        raise InputError(f"{directory} holds a module for {layout}, and no firmware.", "Build it without --layout.")
    runtime = plan.get("runtime", "aot")
    if runtime == "tflm":
        hint = f"Set TFLM_DIR and build it again: attendnets-cli build MODEL.tflite --runtime tflm --out {directory}"
    for name in (f"build/{plan['name']}.elf", MODEL_FILE, REPORT_FILE):
        if not (directory / name).is_file():
            raise InputError(f"{directory} is incomplete: {Path(name).name} is missing.", hint)
    model = (directory / MODEL_FILE).read_bytes()
    if hashlib.sha256(model).hexdigest() != plan["model_sha256"]:
        raise InputError(f"{directory / MODEL_FILE} is not the model that was built.", hint)
    return Project(
        directory,
        plan["name"],
        parse_board(json.dumps(plan["board"]), str(directory / PLAN_FILE)),
        tuple(_quantized(value) for value in plan["inputs"]),
        tuple(_quantized(value) for value in plan["outputs"]),
        tuple(plan["labels"]),
        Preprocessing(**plan.get("preprocessing", {})),
        tuple(_layer(step, plan["buffers"][step["output"]]) for step in plan["steps"] if step["completes"]),
        plan["plan_sha256"][:8],
        model,
        runtime,
        plan.get("benchmark"),
    )


def _plan(directory: Path, hint: str) -> dict[str, Any]:
    """The content of plan.json, which is as trustworthy as when it was written: its hash is in it."""
    try:
        plan = json.loads((directory / PLAN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{directory} is not a firmware project: no readable {PLAN_FILE}.", hint) from error
    if not isinstance(plan, dict) or plan.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"{directory} was built by another version of this program.", hint)
    if content_sha256({key: value for key, value in plan.items() if key != "plan_sha256"}) != plan.get("plan_sha256"):
        raise InputError(f"{directory / PLAN_FILE} was changed after the build.", hint)
    return plan


def _quantized(value: dict[str, Any]) -> Quantized:
    return Quantized(**(value | {"shape": tuple(value["shape"])}))


def _layer(step: dict[str, Any], buffer: dict[str, Any]) -> Layer:
    return Layer(step["name"], step["layer"], step["tensor"], buffer["bank"], buffer["offset"], buffer["bytes"], buffer["rows"])
