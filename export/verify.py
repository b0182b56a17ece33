"""The proof: the same inputs through everything that can run the model, compared byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from .errors import AttendNetsError
from .executors import Executor, FirmwareExecutor, HostExecutor, ReferenceExecutor, oracles
from .graph import item_type
from .plan import Quantized
from .project import Project
from .run import default_place, open_device, setup_warning
from .run.device import Reply


@dataclass(frozen=True)
class Verification:
    """``first`` is what the firmware says of the first sample, with the instructions of every layer where they can be counted.

    ``left_out`` says why an oracle was not asked; ``outputs`` are the firmware's, one per sample; ``warning`` is what the board said
    of its setup.
    """

    on: str
    first: Reply
    checked: tuple[str, ...]
    left_out: dict[str, str]
    first_difference: dict[str, Any] | None
    outputs: tuple[bytes, ...]
    warning: str | None

    @property
    def samples(self) -> int:
        return len(self.outputs)

    @property
    def equal(self) -> bool:
        return self.first_difference is None

    def to_json(self) -> dict[str, Any]:
        return {
            "equal": self.equal,
            "samples": self.samples,
            "on": self.on,
            **self.first.figures(),
            "checked": list(self.checked),
            "left_out": self.left_out,
            "first_difference": self.first_difference,
            "warning": self.warning,
        }


def verify(
    project: Project,
    samples: Iterable[np.ndarray],
    on: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Verification:
    """Run ``samples``, at least one, each int8 [bytes of all inputs], through every executor and compare with the reference's bytes.

    The firmware runs at the place ``on``, by default an emulator that has its core.

    A model with a state takes them as one sequence from its start.

    Raises AttendNetsError where an executor fails, and InputError for a runtime that is not ours; a difference is a result, not an error.
    """
    project.require_generated_c()
    project.require_serial_protocol()
    on = on or default_place(project.board)
    graph = project.graph()
    reference = ReferenceExecutor(graph)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attendnets-")))
        device = stack.enter_context(open_device(on, project.elf, project.board, counting=False))
        device.require_plan(project.plan_hash)
        firmware = FirmwareExecutor(project, device, on)
        found, left_out = oracles(project.model, graph)
        executors: list[Executor] = [HostExecutor(project, folder), firmware, *found]
        difference = None
        earlier: list[np.ndarray] = []
        rest = iter(samples)
        first = next(rest)
        for number, sample in enumerate(chain([first], rest)):
            expected = reference.predict(sample)
            # Every executor runs before any is judged, so that the firmware's output is there in any case.
            outputs = [executor.predict(sample) for executor in executors]
            progress(number + 1)
            wrong = [executor for executor, output in zip(executors, outputs, strict=True) if output != expected]
            if wrong:
                where = _locate([*earlier, sample], reference, wrong[0], project)
                difference = {"sample": number, "executor": wrong[0].name, **where}
                break
            if graph.states:
                earlier.append(sample)
    names = (reference.name, *(executor.name for executor in executors))
    reply = _counted(project, first, on) if on == "unicorn" else firmware.replies[0]
    _require_stack_bound(project, reply)
    answers = tuple(reply.output for reply in firmware.replies)
    return Verification(on, reply, names, left_out, difference, answers, setup_warning(device, project.board))


def _counted(project: Project, sample: np.ndarray, on: str) -> Reply:
    """Counted apart from the comparison, because counting is slow."""
    with open_device(on, project.elf, project.board) as device:
        return device.infer(sample.tobytes())


def _require_stack_bound(project: Project, reply: Reply) -> None:
    bound = project.report["ram"]["stack"]
    if reply.stack > bound:
        raise AttendNetsError(
            f"The firmware used {reply.stack} bytes of stack; the build had computed {bound} as the worst case.",
            "This is a defect in the stack analysis; please report it with the model.",
        )


def random_samples(count: int, inputs: Sequence[Quantized], seed: int = 0) -> Iterator[np.ndarray]:
    """``count`` samples, int8 [bytes of all inputs]: the extremes and a constant zero first, then uniform noise.

    Floats are drawn from [-1, 1) and, every other sample, as pixels from [0, 255].
    """
    generator = np.random.default_rng(seed)
    for number in range(count):
        yield np.concatenate([_random(number, value, generator) for value in inputs])


def _random(number: int, value: Quantized, generator: np.random.Generator) -> np.ndarray:
    dtype, size = item_type(value.dtype), prod(value.shape)
    if dtype.kind == "b":
        drawn = np.full(size, number > 0) if number < 2 else generator.integers(0, 2, size)
    elif dtype.kind == "f":
        low, high = ((-1.0, 1.0), (0.0, 255.0))[number % 2]
        drawn = np.full(size, (low, high, 0.0)[number]) if number < 3 else generator.uniform(low, high, size)
    else:
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        drawn = (
            np.full(size, (low, high, 0)[number]) if number < 3 else generator.integers(low, high, size, dtype, endpoint=True)
        )
    return drawn.astype(dtype).view(np.int8)


def _locate(samples: list[np.ndarray], reference: ReferenceExecutor, executor: Executor, project: Project) -> dict[str, Any]:
    """The first layer in execution order whose bytes differ for the last of ``samples``, which the others lead up to.

    Layers of tensors that only an optimization made have no counterpart; and an executor that cannot be looked into names none.
    """
    reference.reset()
    executor.reset()
    for sample in samples:
        expected, actual = reference.layers(sample), executor.layers(sample)
    if not actual:
        return {"layer": None, "index": None, "expected": None, "actual": None}
    for layer in project.layers:
        if layer.tensor in expected and layer.tensor in actual and actual[layer.tensor] != expected[layer.tensor]:
            dtype = item_type(project.graph().tensors[layer.tensor].dtype)
            ours, theirs = (np.frombuffer(data[layer.tensor], dtype) for data in (expected, actual))
            index = int(np.argmax(ours != theirs))
            return {"layer": layer.name, "index": index, "expected": ours[index].item(), "actual": theirs[index].item()}
    return {"layer": project.layers[-1].name, "index": None, "expected": None, "actual": None}
