"""From a model file to a firmware project with its ELF: the stages in order, and the folder they leave behind."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from .boards import Board
from .camera import Camera, plan_camera
from .check import check
from .compile.firmware import Firmware, compile_firmware, moved
from .compile.toolchain import Kind, find_toolchain
from .decision import Decision
from .errors import AttendNetsError, DoesNotFitError, InputError
from .graph import Graph
from .layouts import FILES, SOURCE_FOLDER, VENDOR
from .lower import Lowering, lower
from .mlperf_tiny import Benchmark, MlperfTiny, plan_mlperf_tiny
from .names import model_name
from .optimize import optimize
from .plan import Origin, Plan, make_plan, verify
from .plan.banks import place_in_banks
from .plan.order import in_order
from .plan.plan import Quantized
from .preprocessing import PLAIN_PIXELS, Preprocessing, image_size
from .read import file_content, read_bytes
from .render import render, render_renode, templates_sha256
from .resized import largest_resolution
from .self_test import SEED, expected_crc

PLAN_FILE, MODEL_FILE, REPORT_FILE = "plan.json", "model.tflite", "report.json"
OWN_FOLDERS = {"model", "kernels", "harness", "camera", "renode", "build"}
OWN_ENTRIES = {PLAN_FILE, MODEL_FILE, REPORT_FILE, "Makefile", "linker.ld", "stack.mk"} | OWN_FOLDERS
MODULE_ENTRIES = {"README.md", SOURCE_FOLDER} | {Path(file).parts[0] for files in FILES.values() for file in files}

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Build:
    """A finished build. ``out`` holds the sources, the plan, the model it came from and build/<name>.elf, .bin and .hex."""

    plan: Plan
    firmware: Firmware
    out: Path
    self_test_crc: int | None

    def report(self) -> dict[str, Any]:
        """The published summary: integers are bytes, or multiply-accumulates."""
        firmware = self.firmware
        return {
            "target": self.plan.board.core,
            "board": self.plan.board.name,
            "macs": self.plan.macs,
            "flash": {"code": firmware.code_bytes, "constants": firmware.constant_bytes, "total": firmware.flash_bytes},
            "ram": {
                "arena": firmware.arena_bytes,
                "scratch": self.plan.scratch_bytes,
                "state": self.plan.state_bytes,
                "stack": firmware.stack_bytes,
                "total": firmware.ram_bytes,
            },
            "camera": self.plan.camera and self.plan.camera.to_json(),
            "elf": str(firmware.elf),
            "out": str(self.out),
            "compiler": firmware.compiler,
            "benchmark": self.plan.benchmark and self.plan.benchmark.to_json(),
            "self_test": None if self.self_test_crc is None else {"seed": SEED, "crc": f"0x{self.self_test_crc:08x}"},
            "layers": layer_reports(self.plan),
        }


def layer_reports(plan: Plan) -> list[dict[str, Any]]:
    """What a report says of every layer."""
    return [
        {
            "name": s.name,
            "operator": s.operator,
            "shapes": s.shapes,
            "kernel": s.kernel,
            "macs": s.macs,
            "constants": s.flash_bytes,
        }
        for s in plan.steps
    ]


@dataclass(frozen=True)
class Lowered:
    """A model as kernel calls, for any board with cores of one tier, and the decisions that led there."""

    lowering: Lowering
    decisions: tuple[Decision, ...]


def lower_model(graph: Graph, tier: str, without: Collection[str] = ()) -> Lowered:
    """A graph as read → kernel calls of a tier, in order. ``without`` names optimization passes to leave out. Raises InputError."""
    graph, decisions = optimize(check(graph), without)
    lowering, order = in_order(lower(graph, tier))
    return Lowered(lowering, decisions + order)


def place(lowered: Lowered, board: Board, labels: tuple[str, ...] = (), model_sha256: str = "", spare_flash: int = 0) -> Plan:
    """Kernel calls → a plan for the memories of a board, ``spare_flash`` bytes of which are for something else.

    Raises DoesNotFitError where the board is too small.
    """
    plan = make_plan(lowered.lowering, lowered.decisions, Origin(board, labels, model_sha256, templates_sha256()))
    needed, available = plan.constant_bytes + spare_flash, board.flash.bytes
    if needed > available:
        raise DoesNotFitError(
            f"{plan.name} does not fit {board.name}: it needs {needed} bytes of flash and has {available}, {needed - available} too few.",
            "Choose a larger board, or a smaller model.",
            "flash",
            needed - available,
        )
    return plan


def compile_plan(graph: Graph, board: Board, labels: tuple[str, ...], model_sha256: str, without: Collection[str] = ()) -> Plan:
    """A graph as read → a verified plan. No compiler is involved. ``without`` names optimization passes to leave out.

    Raises InputError where the model cannot be compiled, DoesNotFitError where the board is too small for it.
    """
    return _verified_plan(lower_model(graph, board.target.tier, without), graph, board, labels, model_sha256, without)


def _verified_plan(
    lowered: Lowered, graph: Graph, board: Board, labels: tuple[str, ...], model_sha256: str, without: Collection[str]
) -> Plan:
    try:
        plan = place(lowered, board, labels, model_sha256)
    except DoesNotFitError as error:
        raise _with_advice(error, graph, board, without) from error
    require_labels(plan.name, plan.outputs, plan.labels)
    verify(plan)
    return plan


def _with_advice(error: DoesNotFitError, graph: Graph, board: Board, without: Collection[str]) -> DoesNotFitError:
    """The same error, with the largest input resolution that would fit."""

    def fits(smaller: Graph) -> bool:
        place(lower_model(smaller, board.target.tier, without), board)
        return True

    size = largest_resolution(graph, fits)
    advice = f" This model would fit with an input of {size[0]}x{size[1]}." if size else ""
    return DoesNotFitError(error.message, error.hint + advice, error.memory, error.excess)


class Planned(NamedTuple):
    """A model's file, what is in it, its kernel calls, and its plan."""

    content: bytes
    graph: Graph
    lowering: Lowering
    plan: Plan


def plan_model(
    model: Path,
    board: Board,
    labels: tuple[str, ...],
    progress: Progress,
    without: Collection[str],
    preprocessing: Preprocessing,
    camera: Camera | None,
) -> Planned:
    """The stages up to the plan, which has the preprocessing and the camera in it. Raises InputError and DoesNotFitError as ``build``."""
    progress("reading the model")
    content = file_content(model)
    graph = read_bytes(content, str(model), model_name(model.stem))
    progress("planning memory")
    lowered = lower_model(graph, board.target.tier, without)
    plan = _verified_plan(lowered, graph, board, labels, hashlib.sha256(content).hexdigest(), without)
    plan = replace(plan, preprocessing=preprocessing)
    if camera:
        size, values = image_size(plan.inputs, plan.name), preprocessing.values(plan.inputs[0])
        plan = replace(plan, camera=plan_camera(camera, plan.name, size, values))
    return Planned(content, graph, lowered.lowering, plan)


def build(
    model: Path,
    board: Board,
    out: Path,
    labels: tuple[str, ...] = (),
    prefer: Kind | None = None,
    progress: Progress = lambda stage: None,
    without: Collection[str] = (),
    preprocessing: Preprocessing = PLAIN_PIXELS,
    camera: Camera | None = None,
    benchmark: Benchmark | None = None,
) -> Build:
    """Compile ``model`` for a board into the folder ``out``, which is replaced as a whole when everything has succeeded.

    ``preprocessing`` is what the model was trained with; with a ``camera``, the folder has C that makes the model's input from frames;
    with a ``benchmark``, the firmware serves that instead of the serial protocol.
    Raises InputError (bad model, unknown pass, a camera that does not suit the model, ``out`` holds something else), DoesNotFitError,
    or AttendNetsError (compiler).
    """
    content, graph, _, plan = plan_model(model, board, labels, progress, without, preprocessing, camera)
    if benchmark:
        plan = _with_benchmark(plan, plan_mlperf_tiny(benchmark.task, plan.name, plan.inputs, plan.outputs, preprocessing))
    toolchain = find_toolchain(board.target, prefer)
    with replaced(out) as directory:
        progress("rendering C")
        render(plan, directory)
        crc = None if benchmark else expected_crc(check(graph))
        if crc is not None:
            render_renode(plan, crc, directory)
        (directory / MODEL_FILE).write_bytes(content)
        progress(f"compiling with {toolchain.description}")
        firmware = compile_firmware(directory, board, plan.name, toolchain)
        result = Build(plan, moved(firmware, out), out, crc)
        (directory / REPORT_FILE).write_text(json.dumps(result.report(), indent=1) + "\n", encoding="utf-8")
    return result


def _with_benchmark(plan: Plan, benchmark: MlperfTiny) -> Plan:
    """The same plan with room for what the benchmark loads. Raises DoesNotFitError."""
    plan = replace(plan, benchmark=benchmark)
    return replace(
        plan,
        banks=place_in_banks(plan.name, plan.board, plan.whole_arena_bytes, plan.variable_bytes, plan.peak_layer),
    )


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A new folder that takes the place of ``out`` if the body succeeds, and vanishes if it does not.

    Raises InputError where ``out`` holds anything but an earlier build, or cannot be written.
    """
    try:
        place = out.resolve()
        _replaceable(out, place)
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".build-", dir=place.parent))
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"Cannot write {out}: {getattr(error, 'strerror', None) or error}.", "Choose another --out."
        ) from error
    try:
        directory = temporary / "new"
        directory.mkdir()
        yield directory
        _exchange(place, directory, temporary / "old")
    except OSError as error:
        hint = "Free some disk space, or choose another --out."
        raise AttendNetsError(f"Cannot write {out}: {error.strerror or error}.", hint) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _replaceable(out: Path, place: Path) -> None:
    if not place.exists():
        return
    if place.is_mount():
        raise InputError(f"{out} cannot be replaced: it is a mount point.", "Choose a folder in it.")
    if not place.is_dir() or place == Path.cwd() or place in Path.cwd().parents:
        kind = "the current folder" if place.is_dir() else "a file"
        raise InputError(f"{out} cannot be replaced: it is {kind}.", "Choose another --out.")
    foreign = sorted(entry.name for entry in place.iterdir() if not _is_own(entry.name))
    if foreign or (any(place.iterdir()) and not (place / PLAN_FILE).is_file()):
        found = f"it holds {foreign[0]}" if foreign else "it holds no plan"
        raise InputError(
            f"{out} exists and is not the output of an earlier build: {found}.", "Choose another --out, or remove it."
        )


def _is_own(name: str) -> bool:
    return name in OWN_ENTRIES | MODULE_ENTRIES or (name.startswith(f"{VENDOR}.") and name.endswith(".pdsc"))


def _exchange(place: Path, new: Path, old: Path) -> None:
    """``new`` takes the place of what is there; where that fails, what was there stays."""
    if not place.exists():
        new.rename(place)
        return
    place.rename(old)
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise


def require_labels(name: str, outputs: tuple[Quantized, ...], labels: tuple[str, ...]) -> None:
    """Raises InputError where there are labels, and not one for every element of the first output."""
    if labels and len(labels) != prod(outputs[0].shape):
        raise InputError(
            f"{name} has {prod(outputs[0].shape)} outputs and its model card {len(labels)} labels.",
            "Correct the labels in the .json beside the model.",
        )
