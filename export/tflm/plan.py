"""What a firmware with TensorFlow Lite Micro is made of, as data: the counterpart of export/plan for that runtime."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from ..boards import Board
from ..coverage import ANY_TYPE
from ..errors import DoesNotFitError, InputError
from ..graph import Graph
from ..plan.banks import Banks
from ..plan.plan import SCHEMA_VERSION, Quantized, content_sha256
from ..preprocessing import PLAIN_PIXELS, Preprocessing
from .arena import Arena

RUNTIME = "tflm"
STACK_BYTES = 16384
"""Reserved, not proven: the interpreter calls its kernels through pointers."""


@dataclass(frozen=True, eq=False)
class TflmPlan:
    """``model`` is the flatbuffer; ``operators`` are its operator kinds with their counts, ``methods`` what registers them."""

    name: str
    board: Board
    banks: Banks
    inputs: tuple[Quantized, ...]
    outputs: tuple[Quantized, ...]
    labels: tuple[str, ...]
    operators: dict[str, int]
    methods: tuple[str, ...]
    arena: Arena
    model: bytes
    templates_sha256: str
    preprocessing: Preprocessing = PLAIN_PIXELS

    @property
    def stateful(self) -> bool:
        """Never: variable tensors are the interpreter's, which resets them when it starts."""
        return False

    @property
    def row_bytes(self) -> int:
        """Never: the interpreter takes its input whole."""
        return 0

    @property
    def arena_bytes(self) -> int:
        return self.arena.bytes

    @property
    def model_sha256(self) -> str:
        return hashlib.sha256(self.model).hexdigest()

    @property
    def hash(self) -> str:
        """Eight hex digits of what the rendered project depends on."""
        return self.sha256[:8]

    @cached_property
    def sha256(self) -> str:
        return content_sha256(self._content())

    def to_json(self) -> dict[str, Any]:
        return {**self._content(), "plan_sha256": self.sha256}

    def require_fit(self) -> None:
        """Raises DoesNotFitError where no compiler could make it fit into flash; the exact sizes are asserted when linking."""
        needed, available = len(self.model), self.board.flash.bytes
        if needed > available:
            raise DoesNotFitError(
                f"{self.name} does not fit {self.board.name} with TensorFlow Lite Micro: it needs at least {needed} bytes of "
                f"flash and has {available}, {needed - available} too few.",
                "Choose a larger board, or a smaller model.",
            )

    def _content(self) -> dict[str, Any]:
        """As the other runtime's plan, where both have it; no steps and buffers, which the interpreter keeps to itself."""
        return {
            "schema_version": SCHEMA_VERSION,
            "runtime": RUNTIME,
            "name": self.name,
            "target": self.board.core,
            "board": self.board.to_json(),
            "banks": asdict(self.banks),
            "inputs": [asdict(value) for value in self.inputs],
            "outputs": [asdict(value) for value in self.outputs],
            "labels": list(self.labels),
            "preprocessing": asdict(self.preprocessing),
            "operators": self.operators,
            "registrations": list(self.methods),
            "arena": {
                "bytes": self.arena.bytes,
                "measured": self.arena.measured,
                "margin": self.arena.margin,
                "reason": self.arena.reason,
            },
            "buffers": [],
            "steps": [],
            "model_sha256": self.model_sha256,
            "templates_sha256": self.templates_sha256,
        }


def described(graph: Graph, indices: tuple[int, ...], what: str) -> tuple[Quantized, ...]:
    """Model inputs or outputs as their caller sees them.

    Raises:
        InputError: one is of a type that nothing here can feed or read.
    """
    for index in indices:
        tensor = graph.tensors[index]
        if tensor.dtype not in ANY_TYPE:
            raise InputError(
                f"The model's {what} {tensor.name} is {tensor.dtype}; inputs and outputs can be {', '.join(ANY_TYPE)}.",
                "Convert the model with inference_input_type and inference_output_type tf.int8.",
            )
    return tuple(Quantized.of(graph.tensors[index]) for index in indices)
