"""Training a candidate, at one fidelity after another: few epochs of small images first, and on from its parent's weights."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from attendnets_tf.configuration import TrainingConfig
from attendnets_tf.data import Dataset, load_dataset
from attendnets_tf.distillation import training_loss
from attendnets_tf.distribution import strategy_for
from attendnets_tf.explore.inheritance import Shapes, inherit
from attendnets_tf.files import write_atomically
from attendnets_tf.fitting import Fitter, evaluation
from attendnets_tf.model import build_model
from attendnets_tf.runtime import keras, seed_everything
from attendnets_tf.specification import Input, Specification
from export.errors import InputError

Weights = dict[str, np.ndarray]


@dataclass(frozen=True)
class Rung:
    """What a candidate reached at one fidelity: ``accuracy`` is a share, on the validation images of this ``size``, (height, width)."""

    epochs: int
    size: tuple[int, int]
    accuracy: float
    weights: Weights

    def to_json(self) -> dict[str, Any]:
        return {"epochs": self.epochs, "size": list(self.size), "accuracy": self.accuracy}


def train_rungs(
    specification: Specification, training: TrainingConfig, rungs: list[int], seed: int, inherited: Callable[[Shapes], Weights]
) -> Iterator[Rung]:
    """Train up to so many epochs, rung after rung; each begins with the weights of the one before, the first with what is ``inherited`` by
    a network with weights of these shapes.

    All but the last see images of half the size where the network can take them.
    """
    done, start = 0, inherited
    for number, epochs in enumerate(rungs):
        network = _halved(specification) if number < len(rungs) - 1 else specification
        config = replace(
            training, specification=network, epochs=epochs - done, seed=seed + number, warmup_epochs=int(done == 0)
        )
        rung = _train(network, config, dataset_of(training, network.input), start)
        yield replace(rung, epochs=epochs)
        start, done = partial(_the_same, rung.weights), epochs


def _the_same(weights: Weights, shapes: Shapes) -> Weights:
    return weights


def _train(network: Specification, config: TrainingConfig, dataset: Dataset, start: Callable[[Shapes], Weights]) -> Rung:
    keras.backend.clear_session()
    strategy = strategy_for("none")
    seed_everything(config.seed)
    model = build_model(network)
    inherit(model, start({variable.name: tuple(variable.shape) for variable in model.weights}))
    with tempfile.TemporaryDirectory() as folder:
        config = replace(config, output=Path(folder))
        fitter = Fitter(config, dataset, lambda *_: None, {}, training_loss(config, network), strategy)
        fitter.fit(model, "float")
    accuracy, _ = evaluation(model)(dataset.validation)
    return Rung(
        config.epochs, (network.input.height, network.input.width), accuracy, {v.name: v.numpy() for v in model.weights}
    )


def _halved(specification: Specification) -> Specification:
    """The network at half the resolution, or as it is."""
    size = specification.input
    try:
        return specification.adapted(size=(size.height // 2, size.width // 2, size.channels))
    except InputError:
        return specification


def dataset_of(training: TrainingConfig, size: Input) -> Dataset:
    """The data of a search at one size, split by its seed as for finalists, whose test images no candidate sees; those last used are kept."""
    return _dataset(training.data, size, training.seed, training.resize, training.skip_unreadable)


@lru_cache(maxsize=4)
def _dataset(data: str, size: Input, seed: int, resize: str, skip_unreadable: bool) -> Dataset:
    return load_dataset(data, size.height, size.width, size.channels, seed, resize, skip_unreadable)


def save_weights(path: Path, weights: Weights) -> None:
    """To an .npz file, whole or not at all."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name.replace("/", "|"): value for name, value in weights.items()})
    write_atomically(path, buffer.getvalue())


def load_weights(path: Path) -> Weights:
    """As ``save_weights`` has written them. Raises OSError or ValueError for a file that is not there or damaged."""
    with np.load(path, allow_pickle=False) as archive:
        return {name.replace("|", "/"): archive[name] for name in archive.files}
