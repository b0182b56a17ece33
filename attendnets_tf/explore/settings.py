"""What a search is told to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from attendnets_tf.configuration import TrainingConfig
from attendnets_tf.explore.objectives import OBJECTIVES
from attendnets_tf.explore.oracle import Requirements
from attendnets_tf.explore.space import Space
from export.errors import InputError

SAMPLERS = ("tpe", "random", "nsga2")
OF_FINALISTS = ("qat_epochs", "qat_learning_rate", "quantization", "distribution")
"""Settings of the training that candidates have no use for."""
REDUCTION = 3
"""Of the candidates at one fidelity, one in so many goes on to the next, which has so many times its epochs."""


@dataclass(frozen=True)
class Search:
    """A search for networks in ``space`` that satisfy ``requirements`` and the accuracy floor ``min_accuracy`` (a share, on validation).

    ``trials`` candidates are trained by ``training``, whose ``epochs`` are those of the highest fidelity; its specification is
    the space's prototype and its output the folder of the search. The best ``finalists`` are then trained fully for ``final_epochs``, with
    the quantization that ``training`` names. ``storage`` is a URL of Optuna, "" for a SQLite file in the folder; ``recipe`` the file that
    ``training`` came from, if any.

    Raises InputError for values that make no search.
    """

    space: Space
    requirements: Requirements
    training: TrainingConfig
    objectives: tuple[str, ...] = ("netscore",)
    min_accuracy: float = 0.0
    trials: int = 100
    finalists: int = 3
    final_epochs: int = 60
    sampler: str = "tpe"
    storage: str = ""
    recipe: str = ""

    def __post_init__(self) -> None:
        for name in ("trials", "final_epochs"):
            _require(getattr(self, name) > 0, name, getattr(self, name), "use a positive number")
        _require(self.finalists >= 0, "finalists", self.finalists, "use zero or more")
        _require(0 <= self.min_accuracy < 1, "min-accuracy", self.min_accuracy, "use a share: at least 0 and less than 1")
        _require(self.sampler in SAMPLERS, "sampler", self.sampler, f"use one of {', '.join(SAMPLERS)}")
        _require(self.sampler != "nsga2" or len(self.objectives) > 1, "sampler", self.sampler, "it is for several objectives")

    @property
    def out(self) -> Path:
        """The folder of the search."""
        return self.training.output

    @property
    def seed(self) -> int:
        return self.training.seed

    @property
    def cut_short(self) -> bool:
        """Whether training ends early where it does not promise enough: that needs one objective, by accuracy."""
        return len(self.objectives) == 1 and OBJECTIVES[self.objectives[0]].by_accuracy

    def rungs(self) -> list[int]:
        """Epochs up to every fidelity, the last being all."""
        epochs = self.training.epochs
        if not self.cut_short:
            return [epochs]
        return sorted({max(1, epochs // REDUCTION**2), max(1, epochs // REDUCTION), epochs})

    def command(self, specification: Path, out: Path) -> str:
        """What trains a network of the search fully."""
        training = self.training
        recipe = f"--recipe {self.recipe} " if self.recipe else ""
        return (
            f"attendnets-cli train {training.data} {recipe}--specification {specification} --seed {self.seed} "
            f"--epochs {self.final_epochs} --qat-epochs {training.qat_epochs} --out {out}"
        )

    def identity(self) -> dict[str, Any]:
        """What decides which networks are drawn and how they are judged, as plain JSON: it must stay the same when a search goes on."""
        training = self.training
        left_out = ("data", "specification", "output", "command", "intra_op_threads", *OF_FINALISTS)
        settings = {name: value for name, value in asdict(training).items() if name not in left_out}
        board = self.requirements.board
        return {
            "data": training.data,
            "training": settings,
            "prototype": self.space.prototype.to_json(),
            "multiple": self.space.multiple,
            "board": {"name": board.name, "ram_limit": board.ram_limit},
            "latency_ms": self.requirements.latency_ms,
            "macs": self.requirements.macs,
            "min_accuracy": self.min_accuracy,
            "objectives": list(self.objectives),
            "sampler": self.sampler,
        }


def _require(condition: bool, name: str, value: object, hint: str) -> None:
    if not condition:
        raise InputError(f"{name} is {value}", hint)
