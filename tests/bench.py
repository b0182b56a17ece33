"""Instructions of whole models and of every layer on emulated cores: ``make bench``.

Exact counts of what runs between a model's input and its output. They are compared with the committed ones in docs/bench.json: a
count that grew by more than a hundredth fails, and then nothing is written; else docs/bench.json and docs/benchmarks.md are.

Models: those of MLPerf Tiny in ../shared/models, where that folder is; the two that come with the package; an AttendNet-B at 96x96 with
random weights, where TensorFlow is installed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from math import prod
from pathlib import Path
from typing import Any

from attendnets_tf.pretrained import FOLDER, bundled_model
from export.boards import Board, default_board
from export.build import build, lower_model
from export.plan.banks import HARNESS_BYTES
from export.plan.choice import activations
from export.plan.lives import lives_of
from export.plan.schedule import schedules
from export.project import load_project
from export.read import read_bytes
from export.run import default_place
from export.verify import random_samples, verify
from tests.support.kernel_cases import cases

ROOT = Path(__file__).parents[1]
RESULT, PAGE = ROOT / "docs" / "bench.json", ROOT / "docs" / "benchmarks.md"
SHARED, MADE = ROOT.parent / "shared" / "models", ROOT / "build" / "bench"
TARGETS = ("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55", "cortex-m0", "cortex-m0plus")
KERNEL_TARGETS, KERNEL_RAM = ("cortex-m0", "cortex-m4", "cortex-m55"), 256 * 1024
TABLE, KERNEL_TABLE = "<!-- table: made by make bench -->\n", "<!-- kernels: made by make bench -->\n"
TFLM = {
    ("resnet8", "cortex-m4"): 29_860_000,
    ("resnet8", "cortex-m55"): 4_810_000,
    ("resnet8", "cortex-m0"): 97_600_000,
    ("ds_cnn", "cortex-m4"): 7_700_000,
    ("ds_cnn", "cortex-m55"): 1_790_000,
    ("ds_cnn", "cortex-m0"): 29_000_000,
}
"""TensorFlow Lite Micro with CMSIS-NN of 2026-06 (reference kernels on the M0), GCC 12.2 -O2, counted the same way; the M4's hold for
M7 and M33 as well."""
TOLERANCE = 1.01


def models() -> Iterator[tuple[str, Path]]:
    for name, file in (("resnet8", "pretrainedResnet_quant"), ("ds_cnn", "kws_ref_model")):
        if SHARED.is_dir():
            yield name, SHARED / f"{file}.tflite"
    yield "attendnet_digits", bundled_model()
    yield "attendnet_nano", FOLDER / "attendnet_nano_cifar10.tflite"
    if find_spec("tensorflow"):
        yield "attendnet_b_96", random_attendnet("attendnet_b", 96)


def random_attendnet(name: str, size: int) -> Path:
    """An AttendNet as it is before any training, quantized; made once."""
    path = MADE / f"{name}_{size}.tflite"
    if not path.is_file():
        import numpy as np

        from attendnets_tf.conversion import convert
        from attendnets_tf.distribution import strategy_for
        from attendnets_tf.model import build_model
        from attendnets_tf.quantization import calibrate, quantization_aware
        from attendnets_tf.runtime import prepare, seed_everything
        from attendnets_tf.specification import load_specification

        prepare(1)
        seed_everything(1)
        model = quantization_aware(build_model(load_specification(name).adapted(size=(size, size, 3))))
        images = np.random.default_rng(1).uniform(-1, 127 / 128, (2, 8, size, size, 3)).astype(np.float32)
        calibrate(model, list(images), strategy_for("none"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(convert(model))
    return path


def layer_by_layer(model: Path, board: Board) -> int:
    """RAM for every layer whole, and for scratch of a tenth of what the activations take."""
    graph = read_bytes(model.read_bytes(), model.name, model.stem)
    lowering = lower_model(graph, board.target.tier).lowering
    lives, graph = lives_of(lowering), lowering.graph
    alive = activations(lowering, next(schedules(lowering, lives)), lives)
    ends = sum(graph.tensors[index].bytes for index in graph.inputs + graph.outputs)
    return max(alive) * 11 // 10 + ends + HARNESS_BYTES


def measure(name: str, model: Path, board: Board, folder: Path) -> dict[str, Any]:
    built = build(model, board, folder / f"{model.stem}-{board.core}")
    project = load_project(built.out)
    proof = verify(project, random_samples(3, project.inputs))
    assert proof.equal, proof.first_difference
    report, layers = built.report(), proof.first.layers or {}
    flags = " ".join(board.target.flags("gcc" if "gcc" in report["compiler"] else "zig").compile)
    result = {"model": name, "target": board.core, "compiler": report["compiler"], "flags": flags}
    result |= {"emulator": default_place(project.board), "macs": report["macs"], "instructions": proof.first.instructions}
    result |= {"flash": report["flash"]["total"], "code": report["flash"]["code"]}
    result |= {"ram": report["ram"]["total"], "arena": report["ram"]["arena"]}
    return result | {
        "layers": [
            {"kernel": step.kernel, "shapes": step.shapes, "macs": step.macs, "instructions": layers.get(step.name)}
            for step in built.plan.steps
        ]
    }


def measure_kernels(folder: Path) -> Iterator[dict[str, Any]]:
    """Every layer of ``kernel_cases`` on one core of each tier, with as large tiles as it can use."""
    for number, (name, content) in enumerate(cases()):
        model = folder / f"kernel_{number}.tflite"
        model.write_bytes(content)
        for target in KERNEL_TARGETS:
            board = default_board(target).model_copy(update={"ram_limit": KERNEL_RAM})
            result = measure(name, model, board, folder)
            (layer,) = result.pop("layers")
            yield result | {
                "kernel": layer["kernel"],
                "values": prod(load_project(folder / f"{model.stem}-{target}").outputs[0].shape),
            }


def kernel_line(name: str, results: list[dict[str, Any]]) -> str:
    """One layer on the cores of ``KERNEL_TARGETS``: instructions per multiply-accumulate or, where there are none, per output."""
    cells = []
    for target in KERNEL_TARGETS:
        (result,) = (r for r in results if (r["model"], r["target"]) == (name, target))
        per = result["instructions"] / (result["macs"] or result["values"])
        cells.append(f"`{result['kernel']}` | {result['instructions']:,} | {per:.2f}{'' if result['macs'] else ' per output'}")
    return f"| {name} | {' | '.join(cells)} |"


def line(result: dict[str, Any]) -> str:
    target = "cortex-m4" if result["target"] in ("cortex-m7", "cortex-m33") else result["target"].replace("plus", "")
    baseline = TFLM.get((result["model"], target))
    other = f"{baseline / 1e6:.1f} M | {baseline / result['instructions']:.1f}x" if baseline else " | "
    per_mac, small = result["instructions"] / result["macs"], result["least_ram"]
    slower = 100 * (small["instructions"] / result["instructions"] - 1)
    return (
        f"| {result['model']} | {result['target']} | {result['instructions']:,} | {per_mac:.2f} | {other} "
        f"| {result['flash']:,} | {result['code']:,} | {result['ram']:,} | {small['ram']:,} at {slower:+.1f} % "
        f"| {result['compiler']}, {result['emulator']} |"
    )


def main() -> None:
    known = json.loads(RESULT.read_text(encoding="utf-8"))["results"] if RESULT.is_file() else []
    committed = {(old["model"], old["target"], old["compiler"]): old["instructions"] for old in known}
    results, regressions = [], []

    def add(result: dict[str, Any]) -> None:
        results.append(result)
        old = committed.get((result["model"], result["target"], result["compiler"]))
        if old and result["instructions"] > old * TOLERANCE:
            regressions.append(
                f"{result['model']} on {result['target']}: {result['instructions']:,} instructions, committed are {old:,}"
            )

    with tempfile.TemporaryDirectory() as temporary:
        for name, model in models():
            for target in TARGETS:
                board = default_board(target)
                fast = measure(
                    name, model, board.model_copy(update={"ram_limit": layer_by_layer(model, board)}), Path(temporary)
                )
                small = measure(name, model, board, Path(temporary))
                add(fast | {"least_ram": {key: small[key] for key in ("instructions", "ram", "arena", "flash")}})
                print(line(results[-1]), flush=True)
        models_end = len(results)
        for result in measure_kernels(Path(temporary)):
            add(result)
    if regressions:
        sys.exit("\n".join(regressions))
    RESULT.write_text(json.dumps({"command": "make bench", "results": results}, indent=1) + "\n", encoding="utf-8")
    lines = "\n".join(map(line, results[:models_end])) + "\n"
    kernels = results[models_end:]
    kernel_lines = [kernel_line(name, kernels) for name in dict.fromkeys(result["model"] for result in kernels)]
    print(*kernel_lines, sep="\n")
    before, _, after = PAGE.read_text(encoding="utf-8").partition(TABLE)
    between = after[after.index("\n\n") : after.index(KERNEL_TABLE)]
    head = (
        "| model | core | instructions | per MAC | TFLM + CMSIS-NN | factor | flash | of it code | RAM | by rows | measured with |\n"
        + "|---" * 11
        + "|\n"
    )
    kernel_head = "| layer |" + "".join(f" {target} | instructions | per MAC |" for target in KERNEL_TARGETS) + "\n"
    kernel_head += "|---" * (1 + 3 * len(KERNEL_TARGETS)) + "|\n"
    kernel_table = KERNEL_TABLE + kernel_head + "\n".join(kernel_lines) + "\n"
    PAGE.write_text(before + TABLE + head + lines.rstrip("\n") + between + kernel_table, encoding="utf-8")


if __name__ == "__main__":
    main()
