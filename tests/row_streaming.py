"""RAM and instructions of models executed row by row and layer by layer: ``make row-streaming``.

Writes docs/row-streaming.json and the table in docs/row-streaming.md. Models: those of MLPerf Tiny in ../shared/models, where that folder is;
AttendNet-A and B at 224x224 and MobileNet-V1 0.25 of keras.applications at 96x96, with random weights. Bytes are compared with the reference,
and with tflite-micro.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from export.boards import Board, default_board
from export.build import build, plan_model
from export.preprocessing import PLAIN_PIXELS
from export.project import load_project
from export.verify import random_samples, verify

from .bench import MADE, SHARED, TABLE, layer_by_layer, random_attendnet

ROOT = Path(__file__).parents[1]
RESULT, PAGE = ROOT / "docs" / "row-streaming.json", ROOT / "docs" / "row-streaming.md"
LIMITS = {"attendnet_b_224": 184 * 1024, "ds_cnn": 15 * 1024}
"""Bytes of RAM for one build more."""


def models() -> Iterator[tuple[str, Path]]:
    for name in ("attendnet_b", "attendnet_a"):
        yield f"{name}_224", random_attendnet(name, 224)
    for name, file in (("resnet8", "pretrainedResnet_quant"), ("ds_cnn", "kws_ref_model")):
        if SHARED.is_dir():
            yield name, SHARED / f"{file}.tflite"
    yield "mobilenet_v1_025_96", mobilenet()


def mobilenet() -> Path:
    """MobileNet-V1 0.25 as keras.applications has it, random weights, quantized after that with random images."""
    path = MADE / "mobilenet_v1_025_96.tflite"
    if not path.is_file():
        import tensorflow as tf
        import tf_keras

        tf_keras.utils.set_random_seed(1)
        model = tf_keras.applications.MobileNet((96, 96, 3), alpha=0.25, weights=None, classes=2, classifier_activation=None)
        function = tf.function(lambda x: model(x, training=False)).get_concrete_function(
            tf.TensorSpec((1, 96, 96, 3), tf.float32)
        )
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function], model)
        images = np.random.default_rng(1).uniform(-1, 1, (8, 1, 96, 96, 3)).astype(np.float32)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([image] for image in images)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(converter.convert())
    return path


def measure(name: str, model: Path, board: Board, folder: Path) -> dict[str, Any]:
    """One build, verified: RAM of the firmware, and the instructions of an inference."""
    start = time.perf_counter()
    plan = plan_model(model, board, (), lambda stage: None, (), PLAIN_PIXELS, None).plan
    seconds = time.perf_counter() - start
    project = load_project(build(model, board, folder / f"{name}-{board.ram_limit}").out)
    proof = verify(project, random_samples(2, project.inputs))
    assert proof.equal, proof.first_difference
    report = project.report
    found = {"ram": report["ram"]["total"], "arena": report["ram"]["arena"], "stack": report["ram"]["stack"]}
    found |= {"flash": report["flash"]["total"], "instructions": proof.first.instructions, "compiler": report["compiler"]}
    segments = [f"{plan.steps[s.first].name} to {plan.steps[s.last].name}" for s in plan.segments]
    return found | {"segments": segments, "checked": list(proof.checked), "planning_seconds": round(seconds, 2)}


def rows(name: str, model: Path, folder: Path) -> Iterator[dict[str, Any]]:
    board = default_board("cortex-m4")
    for limit in (layer_by_layer(model, board), *([LIMITS[name]] if name in LIMITS else []), None):
        limited = board if limit is None else board.model_copy(update={"ram_limit": limit})
        yield {"model": name, "limit": limit, **measure(name, model, limited, folder)}


def main() -> None:
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        for name, model in models():
            found = list(rows(name, model, Path(temporary)))
            fastest = found[0]["instructions"]
            for row in found:
                row["slower"] = row["instructions"] / fastest - 1
                print(line(row), flush=True)
            results += found
    RESULT.write_text(json.dumps({"command": "make row-streaming", "results": results}, indent=1) + "\n", encoding="utf-8")
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(TABLE)
    head = "| model | built with | RAM | of it arena | instructions | | flash | seconds to plan |\n" + "|---" * 8 + "|\n"
    PAGE.write_text(before + TABLE + head + "".join(line(row) + "\n" for row in results), encoding="utf-8")


def line(row: dict[str, Any]) -> str:
    built = "no limit: by rows" if row["limit"] is None else f"`--ram {row['limit']}`"
    return (
        f"| {row['model']} | {built} | {row['ram']:,} | {row['arena']:,} | {row['instructions']:,} | {100 * row['slower']:+.1f} % "
        f"| {row['flash']:,} | {row['planning_seconds']} |"
    )


if __name__ == "__main__":
    main()
