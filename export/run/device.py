"""One interface over everything that runs the firmware: a device takes input bytes and gives output bytes."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Protocol, Self

from ..errors import AttendNetsError, InputError
from .protocol import (
    Decoder,
    Done,
    Message,
    Next,
    Output,
    Ready,
    SelfTested,
    SetupFailed,
    encode_request,
    encode_self_test,
    in_rows,
)


@dataclass(frozen=True)
class Reply:
    """One inference: output tensors, concatenated; instructions executed by <name>_run, its return included; bytes of stack.

    ``instructions`` is None where the device cannot count them; ``cycles`` and ``milliseconds`` are None where nothing real runs.
    ``layers`` gives the instructions of each layer and, under its own name, of <name>_run itself; it is empty on devices that do not
    know them. What is ``estimated`` comes from a model of the core, not from a measurement (docs/cycles.md): None, and for layers empty,
    where there is no model.
    """

    output: bytes
    instructions: int | None
    stack: int
    layers: dict[str, int] = field(default_factory=dict)
    cycles: int | None = None
    milliseconds: float | None = None
    estimated_cycles: int | None = None
    estimated_ms: float | None = None
    estimated_layers: dict[str, int] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """What was measured, for a report, and what was estimated."""
        estimated = {"estimated_cycles": self.estimated_cycles, "estimated_ms": self.estimated_ms}
        known = {"cycles": self.cycles, "milliseconds": self.milliseconds, **estimated}
        return {
            "instructions": self.instructions,
            **{name: value for name, value in known.items() if value is not None},
            "layers": self.layers,
            **({"estimated_layers": self.estimated_layers} if self.estimated_layers else {}),
            "stack": self.stack,
        }

    def cost(self) -> str:
        """The same in words."""
        parts = [f"{self.instructions:,} instructions"] if self.instructions is not None else []
        parts += [f"{self.cycles:,} cycles"] if self.cycles is not None else []
        parts += [f"{self.milliseconds:.3f} ms"] if self.milliseconds is not None else []
        if self.estimated_cycles is not None and self.estimated_ms is not None:
            parts.append(f"estimated {self.estimated_cycles:,} cycles or {self.estimated_ms:.3f} ms")
        return ", ".join([*parts, f"{self.stack:,} bytes of stack"])


class View(Protocol):
    """Where a layer leaves its output: ``bytes`` bytes at ``offset`` in the bank "arena", "arena_2", "state", "input" or "output"."""

    @property
    def symbol(self) -> str: ...

    @property
    def bank(self) -> str: ...

    @property
    def offset(self) -> int: ...

    @property
    def bytes(self) -> int: ...


class Device(ABC):
    """Runs firmware while used as a context manager: entering waits until the firmware is ready, leaving ends it."""

    ready: Ready
    failed_setup: int | None = None
    """Where the board said so: the number of the setup's first operation that waited in vain, from 1."""

    def __init__(self) -> None:
        self._decoder = Decoder()
        self._messages: list[Message] = []

    def infer(self, payload: bytes) -> Reply:
        """Runs the model once on ``payload``, all input tensors concatenated.

        Raises:
            InputError: the payload has not the size of the model's input.
            AttendNetsError: the firmware crashed, reported an error, or did not answer in time.
        """
        if len(payload) != self.ready.input_bytes:
            raise InputError(f"The model takes {self.ready.input_bytes} bytes, not {len(payload)}.", "Check the input's shape.")
        self._begin()
        first, *rest = in_rows(encode_request(payload), self.ready.row_bytes)
        self._send(first)
        ticks: list[int | None] = []
        for piece in rest:
            message = self._next_message()
            if not isinstance(message, Next):
                raise _out_of_turn()
            ticks.append(message.ticks)
            self._send(piece)
        output, done = self._next_message(), self._next_message()
        if not isinstance(output, Output) or not isinstance(done, Done) or len(output.payload) != self.ready.output_bytes:
            raise _out_of_turn()
        if self.ready.row_bytes:
            before = [row for row in ticks if row is not None]
            last = None if done.ticks is None else done.ticks - sum(before)
            done = replace(done, rows=(*ticks, last))
        return self._reply(output.payload, done)

    def self_test(self, seed: int) -> int:
        """The CRC-32 of the output for the input that ``seed`` stands for (export/self_test.py).

        Raises AttendNetsError as ``infer``.
        """
        self._begin()
        self._send(encode_self_test(seed))
        tested, done = self._next_message(), self._next_message()
        if not isinstance(tested, SelfTested) or not isinstance(done, Done) or tested.seed != seed:
            raise _out_of_turn()
        return tested.crc

    def trace(self, payload: bytes, views: Sequence[View]) -> list[bytes] | None:
        """Runs the model once; the contents of every view at the moment its layer ends, in the order of ``views``.

        None where the device cannot look into the firmware. Raises as ``infer``.
        """
        return None

    def restart(self) -> None:
        """Boots the firmware again: its state is as before the first inference."""
        self._stop()
        self._decoder, self._messages = Decoder(), []
        self.__enter__()

    def require_plan(self, plan_hash: str) -> None:
        """Raises InputError where the firmware was not built from the plan with this hash."""
        if self.ready.plan != plan_hash:
            raise InputError(
                f"The firmware was built from plan {self.ready.plan}, the folder holds {plan_hash}.", "Build it again."
            )

    def __enter__(self) -> Self:
        try:
            self._start()
            message = self._next_message()
            if not isinstance(message, Ready):
                raise AttendNetsError("The firmware did not introduce itself.", "Reset the device and run again.")
        except BaseException:
            self._stop()
            raise
        self.ready = message
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _next_message(self) -> Message:
        while not self._messages:
            for message in self._decoder.feed(self._receive()):
                if isinstance(message, SetupFailed):
                    self.failed_setup = message.number
                else:
                    self._messages.append(message)
        return self._messages.pop(0)

    def _begin(self) -> None:  # noqa: B027 for most devices nothing follows from it
        """A request follows."""

    @abstractmethod
    def _start(self) -> None:
        """Boots the firmware."""

    @abstractmethod
    def _stop(self) -> None:
        """Ends it; called once, also after a failed start."""

    @abstractmethod
    def _send(self, data: bytes) -> None:
        """Sends bytes to its serial port."""

    @abstractmethod
    def _receive(self) -> bytes:
        """At least one byte from its serial port.

        Raises:
            AttendNetsError: nothing more will come, or not in time.
        """

    @abstractmethod
    def _reply(self, output: bytes, done: Done) -> Reply:
        """Completes a reply with what this device knows about the inference."""


def _out_of_turn() -> AttendNetsError:
    return AttendNetsError("The firmware answered out of turn: it was restarted, or is another one.", "Run again.")
