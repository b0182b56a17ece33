"""The best candidates trained fully, compiled, and proven byte for byte; and known networks of their cost, treated alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from attendnets_tf.card import Card
from attendnets_tf.distillation import SPECIFICATION_FILE
from attendnets_tf.evaluation import wilson_interval
from attendnets_tf.explore.objectives import OBJECTIVES, netscore
from attendnets_tf.explore.oracle import limited
from attendnets_tf.explore.pareto import pareto_front
from attendnets_tf.explore.settings import Search
from attendnets_tf.explore.study import FrozenTrial
from attendnets_tf.files import make_folder, write_atomically
from attendnets_tf.specification import Baseline, Specification
from attendnets_tf.training import train
from export.build import build
from export.plan.estimate import estimated_ms
from export.preprocessing import Preprocessing
from export.project import load_project
from export.verify import random_samples, verify

RESULT_FILE = "result.json"
SAMPLES = 4
"""Random inputs on which the firmware's bytes are compared; the test images are classified with the same bytes."""


def accuracy_of(trial: FrozenTrial) -> float:
    """A candidate's share of the validation images, at the highest fidelity that it reached."""
    return float(trial.user_attrs["rungs"][-1]["accuracy"])


def best_trials(search: Search, trained: Sequence[FrozenTrial]) -> list[FrozenTrial]:
    """As many as there are to be finalists, of those trained to the end that reach the accuracy floor: the best by the objective; of several
    objectives, along their front."""
    good = [trial for trial in trained if accuracy_of(trial) >= search.min_accuracy]
    signs = [OBJECTIVES[name].sign for name in search.objectives]
    points = [tuple(sign * value for sign, value in zip(signs, trial.values or (), strict=True)) for trial in good]
    order = sorted(range(len(good)), key=lambda place: points[place], reverse=True)
    if len(signs) == 1:
        return [good[place] for place in order[: search.finalists]]
    on_front = set(pareto_front(points))
    chosen = [place for place in order if place in on_front]
    # Spread over the front, its ends included
    count = min(search.finalists, len(chosen))
    spread = sorted({round(i * (len(chosen) - 1) / max(1, count - 1)) for i in range(count)})
    return [good[chosen[place]] for place in spread]


def finalist(
    search: Search, network: Specification | Baseline, kind: str, trial: int | None, note: Callable[[str], None]
) -> dict[str, Any]:
    """The figures of one network as the report has them; what an earlier run has finished is taken from its folder."""
    folder = search.out / "finalists" / network.name
    result = folder / RESULT_FILE
    if result.is_file():
        return dict(json.loads(result.read_text(encoding="utf-8")))
    make_folder(folder)
    note(f"{network.name}: training for {search.final_epochs} epochs")
    training = folder / "training"
    command = search.command(training / SPECIFICATION_FILE, training)
    config = replace(search.training, specification=network, output=training, epochs=search.final_epochs, command=command)
    trained = train(config)
    note(f"{network.name}: compiling")
    figures = {"name": network.name, "kind": kind, "trial": trial} | _compiled(
        search, trained.tflite, trained.card, folder / "firmware"
    )
    images = trained.card.dataset["images"]["test"]
    correct = round(trained.card.metrics["int8"] * images)
    figures |= {
        "accuracy": correct / images,
        "interval": list(wilson_interval(correct, images)),
        "correct": correct,
        "images": images,
        "parameters": trained.card.parameters,
        "netscore": netscore(correct / images, trained.card.parameters, figures["macs"]),
        "specification": json.loads(network.to_json()),
    }
    write_atomically(result, json.dumps(figures, indent=1) + "\n")
    return figures


def _compiled(search: Search, tflite: Path, card: Card, out: Path) -> dict[str, Any]:
    board = limited(search.requirements.board)
    made = build(tflite, board, out, card.labels, preprocessing=Preprocessing.of_card(card.preprocessing))
    project = load_project(out)
    proof = verify(project, random_samples(SAMPLES, project.inputs))
    report = project.report
    return {
        "macs": made.plan.macs,
        "flash": report["flash"]["total"],
        "ram": report["ram"]["total"],
        "instructions": proof.first.instructions,
        "estimated_ms": proof.first.estimated_ms or estimated_ms(made.plan.estimated_instructions, board),
        "equal": proof.equal,
        "checked": list(proof.checked),
    }
