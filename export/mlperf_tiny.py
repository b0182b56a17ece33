"""The MLPerf Tiny benchmark: what its runner sends for each task, and what it reads, for any model of that task."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .errors import InputError
from .option_names import BENCHMARK_TASKS

if TYPE_CHECKING:
    from .plan.plan import Quantized
    from .preprocessing import Preprocessing


class Task(NamedTuple):
    """``loading``: pixels (a byte each), bytes (the tensor as it is) or floats (32 bits). ``elements``: of the reference model's input.

    ``result``: scores (every output) or error (the mean squared difference between output and input).
    """

    title: str
    elements: int
    loading: str
    result: str


TASKS = {
    "ic01": Task("image classification", 32 * 32 * 3, "pixels", "scores"),
    "vww01": Task("visual wake words", 96 * 96 * 3, "pixels", "scores"),
    "kws01": Task("keyword spotting", 49 * 10, "bytes", "scores"),
    "ad01": Task("anomaly detection", 640, "floats", "error"),
}
"""By the name that the runner knows a task by (MLPerf Tiny 1.x)."""
assert tuple(TASKS) == BENCHMARK_TASKS


class Benchmark(NamedTuple):
    """That a firmware serves MLPerf Tiny's runner, for a task of TASKS; None for the one that suits the model."""

    task: str | None


@dataclass(frozen=True, eq=False)
class MlperfTiny:
    """A model in the benchmark's harness. ``loading`` as in :class:`Task`, "bytes" also where the model takes what the runner sends.

    ``pixels`` is the model's input for every pixel, its type [256], where pixels are loaded.
    """

    name: str
    loading: str
    result: str
    input: Quantized
    output: Quantized
    pixels: np.ndarray | None

    @property
    def elements(self) -> int:
        """Of the model's input."""
        return prod(self.input.shape)

    @property
    def loaded_bytes(self) -> int:
        """What the runner loads for one inference."""
        return 4 * self.elements if self.loading == "floats" else self.input.bytes

    @property
    def results(self) -> int:
        return 1 if self.result == "error" else prod(self.output.shape)

    @property
    def input_scale_bits(self) -> int:
        return _bits(self.input.scale)

    @property
    def output_scale_bits(self) -> int:
        return _bits(self.output.scale)

    def to_json(self) -> dict[str, Any]:
        return {
            "protocol": "mlperf-tiny",
            "task": self.name,
            "loading": self.loading,
            "loaded_bytes": self.loaded_bytes,
            "result": self.result,
            "pixels": None if self.pixels is None else self.pixels.tolist(),
        }


def plan_mlperf_tiny(
    task: str | None, name: str, inputs: tuple[Quantized, ...], outputs: tuple[Quantized, ...], preprocessing: Preprocessing
) -> MlperfTiny:
    """The harness of a model for a task of TASKS, by default the one whose reference model has an input as large.

    Raises InputError where the model does not suit the task, or none can be told from its input.
    """
    if len(inputs) != 1 or len(outputs) != 1:
        raise InputError(
            f"{name} has {len(inputs)} inputs and {len(outputs)} outputs: MLPerf Tiny's runner knows one of each.",
            "Leave out --harness.",
        )
    source, result = inputs[0], outputs[0]
    elements = prod(source.shape)
    fitting = [known for known, candidate in TASKS.items() if candidate.elements == elements]
    if task is None and not fitting:
        sizes = ", ".join(f"{known} {candidate.elements}" for known, candidate in TASKS.items())
        raise InputError(
            f"{name} takes {elements} values, like no reference model of MLPerf Tiny ({sizes}).", "Name the task: --task ic01."
        )
    chosen = task or fitting[0]
    loading = TASKS[chosen].loading
    _require_types(name, chosen, source, result)
    if TASKS[chosen].result == "error" and prod(result.shape) != elements:
        raise InputError(
            f"{name} has {prod(result.shape)} outputs for {elements} inputs: {chosen} compares them one by one.",
            "Name another --task.",
        )
    pixels = preprocessing.values(source) if loading == "pixels" else None
    if source.dtype == "float32" and loading == "floats":
        loading = "bytes"
    return MlperfTiny(chosen, loading, TASKS[chosen].result, source, result, pixels)


def _require_types(name: str, task: str, source: Quantized, result: Quantized) -> None:
    allowed = {"pixels": ("int8", "uint8"), "bytes": ("int8", "uint8"), "floats": ("int8", "float32")}[TASKS[task].loading]
    for what, value, types in (("input", source, allowed), ("output", result, ("int8", "uint8", "float32"))):
        if value.dtype not in types:
            raise InputError(
                f"{name}: its {what} is {value.dtype}; {task} needs {' or '.join(types)}.", "Convert the model with int8 ends."
            )


def _bits(scale: float) -> int:
    return int(np.float32(scale).view(np.int32))
