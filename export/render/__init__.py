"""Stage 7, render: plan → a firmware project of readable C that builds on its own. The only module that knows Jinja2."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import jinja2

from ..boards import Board
from ..camera import CameraPlan
from ..layouts import FILES, SOURCE_FOLDER, Module
from ..mlperf_tiny import MlperfTiny
from ..plan import Constant, Plan
from ..plan.banks import Banks
from ..plan.plan import Quantized
from ..self_test import takes_noise
from . import tflm
from .model import bank_names, header_variables, model_variables
from .renode import script_variables

if TYPE_CHECKING:
    from ..tflm.plan import TflmPlan

_DRIVERS = ("uart_", "counter_", "boot_", "cache.c")


class Program(Protocol):
    """What the harness needs to know of what it calls; plans know it."""

    @property
    def name(self) -> str: ...

    @property
    def hash(self) -> str: ...

    @property
    def inputs(self) -> tuple[Quantized, ...]: ...

    @property
    def outputs(self) -> tuple[Quantized, ...]: ...

    @property
    def stateful(self) -> bool: ...

    @property
    def row_bytes(self) -> int: ...

    @property
    def board(self) -> Board: ...

    @property
    def banks(self) -> Banks: ...


def render(plan: Plan, directory: Path) -> None:
    """Write the project into ``directory``, which must exist and be empty. Equal plans give equal bytes."""
    project = _model_files(plan)
    project |= harness(plan, project, plan.benchmark)
    _write(project, plan, directory)


def render_module(plan: Plan, layout: str, directory: Path) -> None:
    """Write the model as a module for a build system, of export.layouts, into ``directory``, which must exist and be empty."""
    files = {f"{SOURCE_FOLDER}/{Path(path).name}": text for path, text in _model_files(plan).items()}
    kernels = {Path(path).stem for path in files if path.endswith((".c", ".S")) and Path(path).name.startswith("an_")}
    prefix = "/* Kernels of this module alone: another module in the same program may have them from another version. */\n"
    prefix += "".join(f"#define {kernel} {plan.name}_{kernel}\n" for kernel in sorted(kernels))
    for path in files:
        if path.endswith((".S", "/an_kernels.h")):
            files[path] = f"{prefix}\n{files[path]}"
    headers = [f"{SOURCE_FOLDER}/{name}.h" for name in (plan.name, f"{plan.name}_camera")]
    files = _reachable(files)
    module = Module(plan, tuple(_sources(files)), tuple(header for header in headers if header in files))
    for path, template in (FILES[layout] | {"README.md": "README.md"}).items():
        text = _render(f"layouts/{template}.j2", module=module, layout=layout)
        files[path.format(name=plan.name, vendor=module.vendor)] = text
    _write(files, plan, directory)


def _reachable(files: dict[str, str]) -> dict[str, str]:
    """The sources, the headers of the model, and what they include; all in one folder."""
    folder = f"{SOURCE_FOLDER}/"
    found = [path for path in files if path.endswith((".c", ".S")) or not path.startswith(f"{folder}an_")]
    for path in found:
        included = re.findall(r'^#include "(\S+)"', files[path], flags=re.MULTILINE)
        found += [folder + name for name in included if folder + name not in found]
    return {path: text for path, text in files.items() if path in found}


def _model_files(plan: Plan) -> dict[str, str]:
    """What the model is made of, by its paths in a project: its own C, the kernels that it calls, and a camera's."""
    kernels = _template_files()["kernels"]
    files = {f"kernels/{name}": kernels[name] for name in _kernel_files(plan, kernels)}
    files |= {
        f"model/{plan.name}.c": _render("model/model.c.j2", **model_variables(plan)),
        f"model/{plan.name}.h": _render("model/model.h.j2", **header_variables(plan)),
        f"model/{plan.name}_weights.h": _render("model/weights.h.j2", plan=plan, constant_lines=_constant_lines),
    }
    return files | (render_camera(plan.camera) if plan.camera else {})


def renode_files(board: Board, name: str, plan_hash: str, crc: int) -> dict[str, str]:
    """Scripts for Renode by their names; ``crc`` is what the firmware's self-test must answer."""
    variables = script_variables(board, name, plan_hash, crc)
    suffixes = {"platform.repl": ".repl", "run.resc": ".resc", "demo.resc": "_demo.resc", "test.robot": ".robot"}
    return {f"{board.name}{suffix}": _render(f"renode/{template}.j2", **variables) for template, suffix in suffixes.items()}


def render_renode(plan: Plan, crc: int, directory: Path) -> None:
    """Add scripts for Renode to a rendered project."""
    folder = directory / "renode"
    folder.mkdir()
    for name, text in renode_files(plan.board, plan.name, plan.hash, crc).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def render_tflm(plan: TflmPlan, directory: Path) -> None:
    """As ``render``, for TensorFlow Lite Micro: the same harness, around C++ that calls the interpreter."""
    folders = _template_files()
    project = {f"harness/{name}": text for name, text in folders["tflm"].items() if name.endswith(".cc")}
    variables = {
        **header_variables(plan),
        "arguments": ", ".join(bank_names("input", len(plan.inputs)) + bank_names("output", len(plan.outputs))),
        "arena_comment": tflm.arena_comment(plan),
        "model_lines": tflm.model_lines(plan.model),
    }
    for name, template in (
        (f"{plan.name}.h", "model/model.h.j2"),
        (f"{plan.name}.cc", "tflm/model.cc.j2"),
        (f"{plan.name}_flatbuffer.h", "tflm/flatbuffer.h.j2"),
        (f"{plan.name}_flatbuffer.cc", "tflm/flatbuffer.cc.j2"),
    ):
        project[f"model/{name}"] = _render(template, **variables)
    project |= harness(plan, project)
    project["Makefile"] = _render("tflm/Makefile.j2", **tflm.makefile_variables(plan, _sources(project)))
    _write(project, plan, directory)


def _write(project: dict[str, str], plan: Plan | TflmPlan, directory: Path) -> None:
    """The files of a project, by their paths, and its plan."""
    project["plan.json"] = json.dumps(plan.to_json(), indent=1) + "\n"
    for name, text in project.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


@cache
def templates_sha256() -> str:
    """Identity of everything that is copied or rendered into a project."""
    content = sorted((f"{folder}/{name}", text) for folder, found in _template_files().items() for name, text in found.items())
    return hashlib.sha256(repr(content).encode()).hexdigest()


@cache
def _template_files() -> dict[str, dict[str, str]]:
    root = files("firmware_templates")
    return {
        folder: {entry.name: entry.read_text(encoding="utf-8") for entry in (root / folder).iterdir() if entry.is_file()}
        for folder in ("camera", "kernels", "harness", "layouts", "mlperf_tiny", "model", "project", "renode", "serial", "tflm")
    }


def _streaming(plan: Plan) -> set[str]:
    """What segments call beside kernels."""
    advancing = any(not segment.pushed for segment in plan.segments)
    taken = {"an_take_turn": bool(plan.segments), "an_push_row": plan.pushed, "an_arrive": advancing}
    return {f"{name}.c" for name, called in taken.items() if called}


def _kernel_files(plan: Plan, available: dict[str, str]) -> list[str]:
    """The headers, and of the sources only those a step calls, with what these call in turn."""
    found = sorted({f"{step.kernel}.c" for step in plan.steps} | _streaming(plan))
    for source in found:
        called = {f"{name}{suffix}" for name in re.findall(r"\ban_\w+", available[source]) for suffix in (".c", ".S")}
        found += sorted((called & available.keys()) - set(found))
    return sorted(name for name in available if name.endswith(".h")) + sorted(found)


def render_camera(plan: CameraPlan) -> dict[str, str]:
    """The two files of a camera, by their paths in a project."""
    variables = {"plan": plan, "camera": plan.camera, "crop": plan.camera.crop, "value_lines": _value_lines(list(plan.values))}
    return {f"camera/{plan.name}_camera{suffix}": _render(f"camera/camera{suffix}.j2", **variables) for suffix in (".c", ".h")}


def _sources(paths: Iterable[str]) -> list[str]:
    return sorted(path for path in paths if path.endswith((".c", ".cc", ".S")))


def _harness_files(board: Board, available: dict[str, str]) -> dict[str, str]:
    """The harness's sources: all, but of drivers that a board chooses only those it has; and the board's setup."""
    drivers = {f"uart_{board.uart.driver}.c", f"counter_{board.counter.driver}.c", f"boot_{board.boot}.c"} | (
        {"cache.c"} if board.target.caches else set()
    )
    chosen = {
        name: text
        for name, text in available.items()
        if name.endswith((".c", ".h")) and (name in drivers or not name.startswith(_DRIVERS))
    }
    setup = _render(
        "harness/board.c.j2", board=board, widths=sorted({operation.bits for operation in board.setup if operation.wait})
    )
    return {f"harness/{name}": text for name, text in (chosen | {"board.c": setup}).items()}


def _benchmark_files(benchmark: MlperfTiny, name: str) -> dict[str, str]:
    """What is rendered of the benchmark's protocol, and the one kernel that it needs."""
    variables = {"benchmark": benchmark, "name": name, "value_lines": _value_lines}
    files = {f"harness/{file}": _render(f"mlperf_tiny/{file}.j2", **variables) for file in ("benchmark.c", "benchmark.h")}
    if benchmark.loading == "floats":
        files["kernels/an_quantize.c"] = _template_files()["kernels"]["an_quantize.c"]
    return files


def harness(plan: Program, others: Iterable[str], benchmark: MlperfTiny | None = None) -> dict[str, str]:
    """The files around a program, whose own files are ``others``: harness, Makefile and linker script, by their paths.

    It serves the serial protocol, or a ``benchmark``'s.
    """
    folders = _template_files()
    files = _harness_files(plan.board, folders["harness"] | folders["mlperf_tiny" if benchmark else "serial"])
    files |= _benchmark_files(benchmark, plan.name) if benchmark else {}
    variables = {
        "name": plan.name,
        "plan_hash": plan.hash,
        "input_bytes": sum(value.bytes for value in plan.inputs),
        "output_bytes": sum(value.bytes for value in plan.outputs),
        "row_bytes": plan.row_bytes,
        "begin_arguments": _offsets("output", [v.bytes for v in plan.outputs]),
        "stateful": plan.stateful,
        "noise": takes_noise(plan.inputs),
        "run_arguments": _offsets("input", [v.bytes for v in plan.inputs])
        + _offsets("output", [v.bytes for v in plan.outputs]),
        "board": plan.board,
        "banks": plan.banks,
        "tools": plan.board.flash_tools,
        "target": plan.board.target,
        "sources": _sources({*files, *others}),
    }
    return files | {
        "harness/an_binding.h": _render("harness/an_binding.h.j2", **variables),
        "Makefile": _render("project/Makefile.j2", **variables),
        "linker.ld": _render("project/linker.ld.j2", **variables),
    }


def _offsets(bank: str, sizes: list[int]) -> list[str]:
    return [f"{bank} + {sum(sizes[:position])}" for position in range(len(sizes))]


def _render(template: str, **variables: Any) -> str:
    return _environment().get_template(template).render(**variables)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (files("firmware_templates") / name).read_text(encoding="utf-8")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["comment"] = _comment
    return environment


def _comment(text: str) -> str:
    """Text from a model, safe inside a C comment."""
    printable = re.sub(r"[^\x20-\x7e]", "?", text)
    return printable.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")


def _constant_lines(constant: Constant) -> Iterator[str]:
    values = constant.values.tolist()
    if constant.values.ndim == 2:
        yield from (f"{{{', '.join(map(str, row))}}}," for row in values)
        return
    yield from _value_lines(values)


def _value_lines(values: list[int]) -> Iterator[str]:
    for start in range(0, len(values), 24):
        yield ", ".join(map(str, values[start : start + 24])) + ","
