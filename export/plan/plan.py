"""The plan: everything that is known about a firmware before a compiler runs, as data.

The report, the verifier and the renderer read it; nobody recomputes. ``to_json`` is its published form (schema version below).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from ..boards import Board
from ..camera import CameraPlan
from ..decision import Decision
from ..graph import Tensor
from ..lower.call import Constant, Parameter
from ..mlperf_tiny import MlperfTiny
from ..preprocessing import PLAIN_PIXELS, Preprocessing
from .banks import Banks

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Quantized:
    """A model input or output as its caller sees it; without quantization, scale 1 and zero point 0.

    Wider items than bytes are little endian, at any address.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int
    bytes: int

    @classmethod
    def of(cls, tensor: Tensor) -> Quantized:
        scale, zero_point = (float(tensor.scale), tensor.zero_point) if tensor.quantization else (1.0, 0)
        return cls(tensor.name, tensor.shape, tensor.dtype, scale, zero_point, tensor.bytes)


@dataclass(frozen=True)
class Buffer:
    """Bytes of one tensor. ``bank`` is "arena", "arena_2" for the rest of it in another RAM, "state" for what outlives an inference, or "input" /
    "output" for the caller's memory. ``offset`` counts within it.

    ``rows`` is None for a whole tensor, or the number of rows of a ring. ``first`` and ``last`` are the steps between which it lives.
    """

    tensor: str
    bank: str
    offset: int
    bytes: int
    rows: int | None
    first: int
    last: int


@dataclass(frozen=True)
class Operand:
    """What a kernel reads or writes: a buffer (index into ``Plan.buffers``) or, for constant operands, a constant by name."""

    buffer: int | None = None
    constant: str | None = None


@dataclass(frozen=True)
class StepTurns:
    """A step of a segment: it makes ``unit`` rows in each of ``count`` turns.

    ``reads`` has (step, before, reach, ahead) for every operand that is no constant: in its turn n the step reads ``reach`` rows of it that
    begin at n * step - before; those outside the operand are padding. It waits until ``ahead`` more, or all, have been made. ``pieces`` are
    the parameters of the first ``top`` turns, of all others, and of the last ``bottom`` turns.
    """

    unit: int
    count: int
    top: int
    bottom: int
    reads: tuple[tuple[int, int, int, int] | None, ...]
    pieces: tuple[dict[str, Parameter], ...]

    def piece(self, turn: int) -> int:
        return turn if turn < self.top else self.top + max(0, turn + 1 + self.bottom - self.count)


@dataclass(frozen=True)
class Stream:
    """What a segment knows of a buffer: ``rows`` of the ``height`` rows of its tensor fit. ``slides``: they are the last ones, moved so as to
    be neighbours; else row r lies at r modulo ``rows``."""

    buffer: int
    height: int
    rows: int
    row_bytes: int
    slides: bool


@dataclass(frozen=True)
class PlannedSegment:
    """Steps ``first`` to ``last``, both included, that advance together, in ``passes`` passes.

    At the start of pass n, counted from 0, ceil((n + 1) * height / tallest) rows of every source are there, ``tallest`` being that of the
    highest one; then every step, in order, takes its next turn if all the rows that it reads have been made. ``sources`` and ``outputs`` are
    streams; ``pushed``: the only source is the model's input, of which the caller hands over one row for every pass.
    """

    first: int
    last: int
    passes: int
    streams: tuple[Stream, ...]
    sources: tuple[int, ...]
    pushed: bool

    def stream_of(self, buffer: int) -> int:
        return next(number for number, stream in enumerate(self.streams) if stream.buffer == buffer)


@dataclass(frozen=True)
class Step:
    """One kernel call. ``output`` and ``scratch`` are buffers; ``completes``: after it the output tensor is whole.

    ``turns`` is None for a call that runs once, whole; ``parameters`` are then those of the call, else of most of its turns.
    ``cost`` is roughly the instructions, 0 where no other kernel could have been taken; ``alternatives`` are those, with their cost or the
    reason.
    """

    name: str
    layer: str
    operator: str
    kernel: str
    tier: str
    inputs: tuple[Operand, ...]
    output: int
    scratch: int | None
    constants: tuple[str, ...]
    parameters: dict[str, Parameter]
    shapes: str
    tensor: int
    completes: bool
    macs: int
    flash_bytes: int
    cost: int
    alternatives: tuple[tuple[str, int | str], ...]
    turns: StepTurns | None = None


@dataclass(frozen=True)
class PlannedState:
    """A state's bytes: before an inference they are the buffer ``read``, after it the buffer ``written``.

    At first they are those of ``constant`` or, where that is None, all ``fill``.
    """

    name: str
    read: int
    written: int
    constant: str | None
    fill: int


@dataclass(frozen=True, eq=False)
class Plan:
    name: str
    board: Board
    banks: Banks
    inputs: tuple[Quantized, ...]
    outputs: tuple[Quantized, ...]
    labels: tuple[str, ...]
    arena_bytes: int
    arena_lower_bound: int
    scratch_bytes: int
    state_bytes: int
    states: tuple[PlannedState, ...]
    buffers: tuple[Buffer, ...]
    steps: tuple[Step, ...]
    constants: tuple[Constant, ...]
    decisions: tuple[Decision, ...]
    model_sha256: str
    templates_sha256: str
    preprocessing: Preprocessing = PLAIN_PIXELS
    camera: CameraPlan | None = None
    benchmark: MlperfTiny | None = None
    layout: str | None = None
    arena_2_bytes: int = 0
    segments: tuple[PlannedSegment, ...] = ()
    estimated_instructions: int = 0

    @property
    def pushed(self) -> bool:
        """Whether the input can be handed over row by row."""
        return bool(self.segments) and self.segments[0].pushed

    @property
    def macs(self) -> int:
        return sum(step.macs for step in self.steps)

    @property
    def stateful(self) -> bool:
        """Whether the program has a reset of its own."""
        return bool(self.states)

    @property
    def variable_bytes(self) -> int:
        """RAM beside the arena and the stack: the state, and the harness's copies of inputs and outputs and what is loaded for them.

        Of an input that is pushed the harness has one row.
        """
        ends = sum(value.bytes for value in self.outputs) + (self.row_bytes or sum(value.bytes for value in self.inputs))
        return self.state_bytes + ends + (self.benchmark.loaded_bytes if self.benchmark else 0)

    @property
    def whole_arena_bytes(self) -> int:
        return self.arena_bytes + self.arena_2_bytes

    @property
    def row_bytes(self) -> int:
        """Bytes of the rows in which this firmware takes its input, 0 where it takes it whole."""
        if not self.pushed or self.benchmark:
            return 0
        (source,) = self.segments[0].sources
        return self.segments[0].streams[source].row_bytes

    def alive(self, step: int) -> list[Buffer]:
        """The buffers in the arena while a step runs, the largest first."""
        found = [b for b in self.buffers if b.bank.startswith("arena") and b.first <= step <= b.last]
        return sorted(found, key=lambda buffer: -buffer.bytes)

    def bytes_in_use(self, step: int) -> int:
        """Bytes of the arena in buffers that live while a step runs; where one lies over another, they count once."""
        used, ends = 0, {"arena": 0, "arena_2": 0}
        for buffer in sorted(self.alive(step), key=lambda buffer: buffer.offset):
            end = buffer.offset + buffer.bytes
            used += max(0, end - max(buffer.offset, ends[buffer.bank]))
            ends[buffer.bank] = max(ends[buffer.bank], end)
        return used

    @cached_property
    def peak_step(self) -> int:
        """The step at which most bytes of the arena are in use."""
        return max(range(len(self.steps)), key=self.bytes_in_use)

    @property
    def peak_layer(self) -> str:
        return self.steps[self.peak_step].name

    @property
    def constant_bytes(self) -> int:
        return sum(constant.bytes for constant in self.constants)

    @property
    def hash(self) -> str:
        """Eight hex digits of what the generated code depends on."""
        return self.sha256[:8]

    @cached_property
    def sha256(self) -> str:
        return content_sha256(self._content())

    def to_json(self) -> dict[str, Any]:
        return {**self._content(), "plan_sha256": self.sha256}

    def _content(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "target": self.board.core,
            "board": self.board.to_json(),
            "banks": asdict(self.banks),
            "macs": self.macs,
            "estimated_instructions": self.estimated_instructions,
            "inputs": [asdict(value) for value in self.inputs],
            "outputs": [asdict(value) for value in self.outputs],
            "labels": list(self.labels),
            "preprocessing": asdict(self.preprocessing),
            "camera": self.camera and self.camera.to_json(),
            "benchmark": self.benchmark and self.benchmark.to_json(),
            "layout": self.layout,
            "arena": {
                "bytes": self.whole_arena_bytes,
                "second": self.arena_2_bytes,
                "lower_bound": self.arena_lower_bound,
                "scratch": self.scratch_bytes,
            },
            "state": {"bytes": self.state_bytes, "states": [asdict(state) for state in self.states]},
            "buffers": [asdict(buffer) for buffer in self.buffers],
            "steps": [asdict(step) for step in self.steps],
            "segments": [asdict(segment) for segment in self.segments],
            "constants": [
                {
                    "name": c.name,
                    "layout": c.layout,
                    "c_type": c.c_type,
                    "alignment": c.alignment,
                    "bytes": c.bytes,
                    "sha256": c.sha256,
                }
                for c in self.constants
            ],
            "decisions": [asdict(decision) for decision in self.decisions],
            "model_sha256": self.model_sha256,
            "templates_sha256": self.templates_sha256,
        }


def content_sha256(content: dict[str, Any]) -> str:
    """The identity of a plan: the hash of its published form without the hash itself."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
