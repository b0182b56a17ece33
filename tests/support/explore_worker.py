"""A worker of a search in which training a candidate is a pause: python -m tests.support.explore_worker DATA OUT STORAGE TRIALS LOG

Appends "begin NUMBER" and "end NUMBER" to LOG around each training. A process that dies is noticed after seconds.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from attendnets_tf.configuration import TrainingConfig
from attendnets_tf.explore import search as searching
from attendnets_tf.explore import study as studies
from attendnets_tf.explore.candidates import Rung
from attendnets_tf.explore.oracle import Requirements
from attendnets_tf.explore.settings import Search
from attendnets_tf.explore.space import Space
from attendnets_tf.specification import Attention, Input, Specification, Stage, Stem
from export.boards import load_board

PAUSE_S = 0.6
PROTOTYPE = Specification(
    "tiny", Input(16, 16, 1), 2, Stem(4, 1), (Stage(8, 2, 2, 4), Stage(8, 1, 2, None)), Attention("mul", "sigmoid")
)


def tiny_search(data: Path, out: Path, storage: str = "", trials: int = 4, **changes: Any) -> Search:
    training = TrainingConfig(str(data), PROTOTYPE, out, epochs=2, qat_epochs=1, batch_size=8, command="the command")
    settings: dict[str, Any] = {"trials": trials, "finalists": 0, "final_epochs": 1, "storage": storage} | changes
    return Search(Space(PROTOTYPE), Requirements(load_board("stm32f407_discovery")), training, **settings)


def write_slopes(path: Path) -> Path:
    """Images that get lighter downwards, or do not."""
    labels = np.arange(80) % 2
    images = np.random.default_rng(0).integers(0, 100, (80, 16, 16))
    images[labels == 1] += np.linspace(0, 150, 16, dtype=int)[:, None]
    np.savez(path, x=images.astype(np.uint8), y=labels, classes=["flat", "slope"])
    return path


def paused(log: Path) -> Any:
    def train_rungs(specification: Specification, *_: object) -> Iterator[Rung]:
        number = specification.name.removeprefix("explore_")
        with log.open("a") as file:
            file.write(f"begin {number}\n")
        time.sleep(PAUSE_S)
        with log.open("a") as file:
            file.write(f"end {number}\n")
        yield Rung(2, (16, 16), 0.5 + specification.stem.filters / 100, {"stem/kernel:0": np.zeros((1, 1, 1, 1))})

    return train_rungs


if __name__ == "__main__":
    data, out, storage, trials, log = sys.argv[1:]
    searching.train_rungs = paused(Path(log))
    studies.HEARTBEAT_S, studies.GRACE_S = 1, 3
    searching.work(tiny_search(Path(data), Path(out), storage, int(trials)), lambda text: None, entropy=os.getpid())
