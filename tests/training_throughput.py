"""Images per second of training, from the input pipeline and from one batch that is always the same: ``make training-throughput``.

What the two differ by is what the pipeline costs. Runs of both alternate; the medians go to docs/training_throughput.json.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parents[1] / "docs" / "training_throughput.json"
CASES = {"attendnet_nano": (128, 2), "resnet8": (128, 2), "attendnet_micro": (64, 1), "mobilenet_v1_micro": (64, 1)}
"""Batch size and threads within one operator by specification."""
PHASES = ("float", "qat")
STEPS, ROUNDS = 24, 5


def measure(name: str, phase: str, batch_size: int, threads: int) -> dict[str, Any]:
    """Medians over ROUNDS of STEPS steps each, in a process of its own."""
    import numpy as np

    from attendnets_tf.averaging import WeightAverage
    from attendnets_tf.batches import TrainingBatches
    from attendnets_tf.configuration import Augmentation, TrainingConfig
    from attendnets_tf.data import Split
    from attendnets_tf.distillation import training_loss
    from attendnets_tf.distribution import strategy_for
    from attendnets_tf.fitting import make_optimizer, make_train_step
    from attendnets_tf.model import build_model, logits_of
    from attendnets_tf.quantization import quantization_aware
    from attendnets_tf.runtime import prepare, seed_everything, tf
    from attendnets_tf.specification import load_specification

    prepare(threads)
    seed_everything(1)
    specification = load_specification(name)
    size = specification.input
    images = np.random.default_rng(0).integers(0, 256, (STEPS * batch_size, size.height, size.width, 3), dtype=np.uint8)
    labels = np.arange(len(images)) % specification.classes
    augmentation = replace(Augmentation(), flip=True, tone=0.1)
    batches = TrainingBatches(Split(images, labels), specification.classes, batch_size, augmentation)
    config = TrainingConfig("", specification, Path(), batch_size=batch_size)
    model = build_model(specification)
    model = quantization_aware(model) if phase == "qat" else model
    logits = logits_of(model)
    optimizer = make_optimizer(config, phase, STEPS, ROUNDS)
    optimizer.build(logits.trainable_variables)
    loss, strategy = training_loss(config, specification), strategy_for("none")
    step = make_train_step(logits, optimizer, WeightAverage(model.weights, 0.999), loss, strategy)
    fixed = next(iter(batches.epoch((0,))))
    sources = {
        "pipeline": lambda seed: batches.epoch((seed,)),
        "synthetic": lambda _: tf.data.Dataset.from_tensors(fixed).repeat(STEPS),
    }
    rates: dict[str, list[float]] = {source: [] for source in sources}
    for seed in range(ROUNDS + 1):
        for source, epoch in sources.items():
            started = time.perf_counter()
            for batch in epoch(seed):
                float(step(*batch))
            if seed:  # the first round compiles
                rates[source].append(len(images) / (time.perf_counter() - started))
    medians = {source: statistics.median(values) for source, values in rates.items()}
    return {
        "specification": name,
        "phase": phase,
        "batch_size": batch_size,
        "intra_op_threads": threads,
        "images_per_second": {source: round(median, 1) for source, median in medians.items()},
        "share": round(medians["pipeline"] / medians["synthetic"], 3),
    }


def main() -> None:
    from importlib.metadata import version

    cases = []
    for name, settings in CASES.items():
        for phase in PHASES:
            command = [sys.executable, "-m", "tests.training_throughput", name, phase, *map(str, settings)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            cases.append(json.loads(done.stdout.splitlines()[-1]))
            print(json.dumps(cases[-1]), flush=True)
    result = {
        "command": "make training-throughput",
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "tensorflow": version("tensorflow"),
        "cases": cases,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    least = min(case["share"] for case in cases)
    print(f"the pipeline gives at least {100 * least:.1f} % of the throughput with synthetic data")
    sys.exit(least < 0.9)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        main()
