"""Where a training run stands, in one file that is replaced whole after every epoch."""

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from attendnets_tf.files import write_atomically
from export.errors import InputError

FILE_NAME = "checkpoint.npz"


@dataclass
class PhaseState:
    """One training phase: epochs done, and the best of them by (validation accuracy, -validation loss).

    ``best`` holds the model variables after the best epoch; ``current`` the model and optimizer variables after the last one,
    empty once the phase is complete.
    """

    epoch: int = 0
    best_epoch: int = 0
    best_score: tuple[float, float] = (-1.0, 0.0)
    best: list[np.ndarray] = field(default_factory=list)
    current: list[np.ndarray] = field(default_factory=list)


@dataclass
class State:
    """A training run: its phases by name, and the metrics of every epoch so far."""

    phases: dict[str, PhaseState] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


def save(folder: Path, fingerprint: dict[str, Any], state: State) -> None:
    """Replace the folder's checkpoint by ``state``; ``fingerprint`` (plain JSON) identifies the run's configuration and
    data."""
    arrays: dict[str, np.ndarray] = {}
    phases = {}
    for name, phase in state.phases.items():
        phases[name] = {"epoch": phase.epoch, "best_epoch": phase.best_epoch, "best_score": phase.best_score}
        arrays |= {f"{name}/best/{index:04}": array for index, array in enumerate(phase.best)}
        arrays |= {f"{name}/current/{index:04}": array for index, array in enumerate(phase.current)}
    header = json.dumps({"fingerprint": fingerprint, "phases": phases, "history": state.history})
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, header=np.array(header), **arrays)
    write_atomically(folder / FILE_NAME, buffer.getvalue())


def load(folder: Path, fingerprint: dict[str, Any]) -> State:
    """The state to go on from; a fresh one in a folder without a checkpoint.

    Raises :class:`InputError`, naming what differs, when the folder holds a run with another configuration or other data.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return State()
    try:
        with np.load(path, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            arrays = {name: archive[name] for name in sorted(archive.files)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a readable checkpoint: {error}", "remove it to start again") from error
    _require_same(folder, header["fingerprint"], fingerprint)
    state = State(history=header["history"])
    for name, values in header["phases"].items():
        best, current = (
            [a for key, a in arrays.items() if key.startswith(f"{name}/{group}/")] for group in ("best", "current")
        )
        state.phases[name] = PhaseState(values["epoch"], values["best_epoch"], tuple(values["best_score"]), best, current)
    return state


def _require_same(folder: Path, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    differing = sorted(key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key))
    if differing:
        raise InputError(
            f"{folder}: holds a training run with other settings ({', '.join(differing)})",
            "choose another output folder, or remove this one",
        )
