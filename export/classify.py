"""Firmware at work: inputs in, the best classes and what each inference cost out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .project import Project
from .run import default_place, open_device, setup_warning


def classify(
    project: Project,
    samples: Iterable[np.ndarray],
    on: str | None = None,
    advance: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """For every sample, int8 [bytes of all inputs]: the best classes, the output's bytes and the figures of its inference.

    The firmware runs at the place ``on``, by default an emulator that has its core.

    Raises:
        InputError: an unknown place, a sample of another size, firmware that was not built from this project, or that serves a benchmark.
        AttendNetsError: the firmware, the emulator or the connection fails.
    """
    project.require_serial_protocol()
    results = []
    with open_device(on or default_place(project.board), project.elf, project.board) as device:
        device.require_plan(project.plan_hash)
        for sample in samples:
            reply = device.infer(sample.tobytes())
            figures = reply.figures() | ({} if project.layers else {"layers": {}, "estimated_layers": {}})
            predictions = project.predictions(reply.output)
            output = memoryview(reply.output).cast("b").tolist()
            warning = setup_warning(device, project.board)
            results.append({"predictions": predictions, "output": output, **figures, "cost": reply.cost(), "warning": warning})
            advance()
    return results
