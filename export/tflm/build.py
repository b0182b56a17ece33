"""From a model file to a firmware project around TensorFlow Lite Micro, and to its ELF where the library is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..boards import Board
from ..build import MODEL_FILE, REPORT_FILE, replaced, require_labels
from ..compile.elf import load_image
from ..compile.firmware import Firmware, moved, read_firmware
from ..compile.gcc import describe, find
from ..compile.process import run_program
from ..compile.toolchain import require_link
from ..errors import AttendNetsError, InputError
from ..names import model_name
from ..plan.banks import place_in_banks
from ..preprocessing import PLAIN_PIXELS, Preprocessing
from ..programs import ARM_GCC, MAKE
from ..read import file_content, operator_kinds, read_bytes
from ..render import render_tflm, templates_sha256
from .arena import measure_arena
from .library import Library, find_library
from .operators import registrations
from .plan import RUNTIME, STACK_BYTES, TflmPlan, described


@dataclass(frozen=True)
class TflmBuild:
    """A rendered project in ``out``; ``firmware`` is None where ``missing`` says what is needed to compile it."""

    plan: TflmPlan
    firmware: Firmware | None
    missing: str | None
    out: Path

    def report(self) -> dict[str, Any]:
        """The published summary: integers are bytes. What only the linked program can tell is null without one."""
        plan, firmware = self.plan, self.firmware
        return {
            "runtime": RUNTIME,
            "target": plan.board.core,
            "board": plan.board.name,
            "operators": plan.operators,
            "registrations": list(plan.methods),
            "arena": plan.to_json()["arena"],
            "model": len(plan.model),
            "flash": {
                "code": firmware and firmware.code_bytes,
                "constants": firmware and firmware.constant_bytes,
                "total": firmware and firmware.flash_bytes,
            },
            "ram": {
                "arena": plan.arena_bytes,
                "stack": firmware and firmware.stack_bytes,
                "total": firmware and firmware.ram_bytes,
            },
            "elf": firmware and str(firmware.elf),
            "out": str(self.out),
            "compiler": firmware and firmware.compiler,
            "missing": self.missing,
        }


def build_tflm(
    model: Path,
    board: Board,
    out: Path,
    labels: tuple[str, ...] = (),
    progress: Callable[[str], None] = lambda stage: None,
    preprocessing: Preprocessing = PLAIN_PIXELS,
) -> TflmBuild:
    """Render ``model`` for a board into the folder ``out``, which is replaced as a whole, and compile it if TFLM_DIR is set.

    Raises InputError (bad model, operator that the interpreter lacks, TFLM_DIR without a library), DoesNotFitError,
    or AttendNetsError (compiler; tflite-micro is not installed).
    """
    library = find_library(board.target)
    progress("reading the model")
    content = file_content(model)
    plan = replace(make_tflm_plan(content, model, board, labels, progress), preprocessing=preprocessing)
    with replaced(out) as directory:
        progress("rendering C++")
        render_tflm(plan, directory)
        (directory / MODEL_FILE).write_bytes(content)
        firmware = None
        if isinstance(library, Library):
            progress("compiling")
            firmware = moved(_compile(directory, board, plan.name, library), out)
        result = TflmBuild(plan, firmware, None if isinstance(library, Library) else library, out)
        (directory / REPORT_FILE).write_text(json.dumps(result.report(), indent=1) + "\n", encoding="utf-8")
    return result


def make_tflm_plan(
    content: bytes, source: Path, board: Board, labels: tuple[str, ...], progress: Callable[[str], None]
) -> TflmPlan:
    """A model's bytes → the plan. No compiler is involved. Raises as ``build_tflm``."""
    kinds = operator_kinds(content, str(source))
    methods = registrations(kinds, str(source))
    if "VAR_HANDLE" in kinds:
        raise InputError(
            f"{source} keeps resource variables, for which the harness of this runtime has no memory.", "Use --runtime aot."
        )
    graph = read_bytes(content, str(source), model_name(source.stem))
    inputs, outputs = described(graph, graph.inputs, "input"), described(graph, graph.outputs, "output")
    require_labels(graph.name, outputs, labels)
    progress("measuring the arena")
    arena = measure_arena(content, graph)
    ram = STACK_BYTES + sum(value.bytes for value in inputs + outputs)
    plan = TflmPlan(
        name=graph.name,
        board=board,
        banks=place_in_banks(f"{graph.name} with TensorFlow Lite Micro", board, arena.bytes, ram),
        inputs=inputs,
        outputs=outputs,
        labels=labels,
        operators=kinds,
        methods=tuple(methods),
        arena=arena,
        model=content,
        templates_sha256=templates_sha256(),
    )
    plan.require_fit()
    return plan


def _compile(directory: Path, board: Board, name: str, library: Library) -> Firmware:
    """By the project's own Makefile, which is the only place that knows how."""
    command, make = find(), MAKE.find()
    for program, found in ((ARM_GCC, command), (MAKE, make)):
        if not found:
            raise AttendNetsError(f"No {program.name} found.", f"Install it: {program.install}.")
    assert command and make
    variables = (f"TFLM_DIR={library.directory}", f"TFLM_LIB={library.path}", f"TFLM_ARCH={library.architecture}")
    require_link(run_program([make, "--silent", "-j", *variables], directory))
    stem = directory / "build" / name
    return read_firmware(load_image(stem.with_suffix(".elf")), board, stem, describe(command))
