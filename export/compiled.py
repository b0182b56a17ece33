"""A compiled model in Python: the generated C, built for this machine and called on whole batches. The same bytes as on the board."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock
from typing import NoReturn

import numpy as np

from .boards import Board, default_board
from .build import compile_plan
from .compile.host_model import open_host_model
from .errors import AttendNetsError, InputError
from .graph import item_type
from .names import model_name
from .plan.plan import Quantized
from .project import load_project
from .read import file_content, read_bytes
from .render import render

UNLIMITED_BYTES = 1 << 40


class CompiledModel:
    """A model from :func:`load`. ``inputs`` and ``outputs`` are its tensors: name, shape, dtype, scale, zero_point.

    real = scale * (value - zero_point). Calls from several threads wait for each other, since the model's memory is static;
    to use several cores, load the model once per process. The shared library lies in a temporary folder that goes away with
    the object. It cannot be pickled, and so not be sent to another process.
    """

    def __init__(self, directory: Path, name: str, inputs: Sequence[Quantized], outputs: Sequence[Quantized]) -> None:
        """``directory`` holds the rendered project called ``name``; it is not needed any more afterwards."""
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        folder = tempfile.mkdtemp(prefix="attendnets-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._model = open_host_model(directory, name, self.inputs, self.outputs, Path(folder))
        self._lock = Lock()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a compiled model cannot be pickled or copied: load it again, in every process once")

    def reset(self) -> None:
        """Start a new sequence: the next sample meets a model that has seen none. For models without a state it does nothing."""
        with self._lock:
            self._model.reset()

    def predict(self, batch: np.ndarray | Sequence[np.ndarray]) -> np.ndarray | list[np.ndarray]:
        """Run n samples: an array [n, *shape of one sample], or a list with one such array per input of a model with several.

        Returns an array of the same kind, or a list for a model with several outputs. A sample has the shape of its tensor
        without a leading batch axis of 1; a tensor without one keeps its whole shape. Types are those of the tensors.

        A model with a state takes the samples as a sequence, which goes on from call to call until ``reset``.

        Raises InputError for another number of arrays, another shape or type.
        """
        arrays = list(batch) if isinstance(batch, (list, tuple)) else [batch]
        if len(arrays) != len(self.inputs):
            names = ", ".join(value.name for value in self.inputs)
            raise InputError(
                f"The model has {len(self.inputs)} inputs ({names}), not {len(arrays)}.", "Pass a list with one array for each."
            )
        parts = [_as_bytes(value, array) for value, array in zip(self.inputs, arrays, strict=True)]
        if len({len(part) for part in parts}) > 1:
            counts = ", ".join(str(len(part)) for part in parts)
            raise InputError(f"The inputs hold different numbers of samples: {counts}.", "Pass equally many of each.")
        with self._lock:
            result = self._model.predict(parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1))
        ends = accumulate((value.bytes for value in self.outputs), initial=0)
        outputs = [
            _as_values(value, result[:, start:end]) for value, (start, end) in zip(self.outputs, pairwise(ends), strict=True)
        ]
        return outputs[0] if len(outputs) == 1 else outputs


def load(path: str | Path) -> CompiledModel:
    """Compile a ``.tflite`` file, or the firmware project in a folder that ``build`` left, for this machine.

    Raises InputError (no path, not readable, cannot be compiled exactly) or AttendNetsError (no C compiler, no room for temporary files).
    """
    try:
        path = Path(path)
    except TypeError as error:
        message = f"A model is loaded from a path, not from {type(path).__name__}."
        raise InputError(message, "Pass the path of a .tflite file, or of a firmware project.") from error
    try:
        return _load(path)
    except OSError as error:
        raise AttendNetsError(
            f"{path} cannot be compiled: {error.strerror or error}: {error.filename or 'temporary files'}.",
            "Free some space for temporary files, or name another folder for them in TMPDIR.",
        ) from error


def _load(path: Path) -> CompiledModel:
    # Path.is_dir raises where a name is too long; file_content says so better.
    if os.path.isdir(path):  # noqa: PTH112
        project = load_project(path)
        project.require_generated_c()
        return CompiledModel(project.directory, project.name, project.inputs, project.outputs)
    content = file_content(path)
    graph = read_bytes(content, str(path), model_name(path.stem))
    plan = compile_plan(graph, _workstation(), (), hashlib.sha256(content).hexdigest())
    with tempfile.TemporaryDirectory(prefix="attendnets-") as folder:
        render(plan, Path(folder))
        return CompiledModel(Path(folder), plan.name, plan.inputs, plan.outputs)


def sample_shape(value: Quantized) -> tuple[int, ...]:
    """The shape of one sample: that of the tensor, without a leading batch axis of 1."""
    return value.shape[1:] if value.shape[:1] == (1,) else value.shape


def _as_bytes(value: Quantized, array: object) -> np.ndarray:
    """[n, *sample] → int8 [n, bytes]."""
    shape, kind = sample_shape(value), item_type(value.dtype)
    if not isinstance(array, np.ndarray) or array.dtype != kind or array.ndim == 0 or array.shape[1:] != shape:
        found = f"{array.dtype} {list(array.shape)}" if isinstance(array, np.ndarray) else type(array).__name__
        expected = f"{kind} [{', '.join(['n', *map(str, shape)])}]"
        raise InputError(
            f"Input {value.name} takes {expected}, not {found}.",
            f"Quantize real values as round(real / {value.scale:g}) + {value.zero_point}, and stack samples along the first axis.",
        )
    return np.ascontiguousarray(array).reshape(len(array), value.bytes // kind.itemsize).view(np.int8)


def _as_values(value: Quantized, part: np.ndarray) -> np.ndarray:
    """int8 [n, bytes] → [n, *sample]."""
    return np.ascontiguousarray(part).view(item_type(value.dtype)).reshape(len(part), *sample_shape(value))


def _workstation() -> Board:
    """A board whose memories hold any model, every layer whole. Every board computes the same bytes; this one has the portable kernels."""
    board = default_board("cortex-m3")
    unlimited = {"bytes": UNLIMITED_BYTES}
    ram = tuple(bank.model_copy(update=unlimited) for bank in board.ram)
    return board.model_copy(
        update={"flash": board.flash.model_copy(update=unlimited), "ram": ram, "ram_limit": UNLIMITED_BYTES}
    )
