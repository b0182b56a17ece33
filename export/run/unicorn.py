"""Runs the firmware on the Unicorn emulator, in this process: exact instruction counts per layer, and a guard over its memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import unicorn
from unicorn import arm_const

from ..boards import Board
from ..compile.elf import load_image
from ..errors import AttendNetsError
from ..interruptions import interruptions_deferred
from .cycles import cycle_model
from .device import Device, Reply, View
from .memory_guard import forbidden_ranges
from .peripherals import PAGE, Peripherals, pages, private_pages
from .profile import Profile
from .protocol import Done

_NEVER = 0xFFFFFFFE
_WIDEST_STORE = 4
_TIME_LIMIT = 600_000_000
"""Microseconds."""


class UnicornDevice(Device):
    """``elf`` on Unicorn.

    While the model runs, it may write only to its arena, its own variables, the stack and the output buffer; any other write, and any
    access to memory that the board does not have, ends the run with an AttendNetsError that names address, instruction and layer.
    So does an endless loop: a basic block that executes more than ``block_limit`` bytes of code between two waits for input.

    Without ``counting`` replies carry no instructions, inferences are some eight times faster, and a loop ends with a time limit.
    """

    def __init__(self, elf: Path, board: Board, counting: bool = True, block_limit: int = 1 << 34) -> None:
        super().__init__()
        self._image = load_image(elf)
        self._board = board
        self._counting = counting
        self._profile = Profile(self._image, block_limit, cycle_model(board.core))
        self._waiting = False
        self._trouble = ""

    def trace(self, payload: bytes, views: Sequence[View]) -> list[bytes]:
        """Runs the model once; the contents of every view at the moment its layer ends, in the order of ``views``.

        Raises:
            AttendNetsError: as for ``infer``, or the firmware has no such layer.
        """
        state = f"{self._profile.model}_state"
        banks = {
            "arena": "__arena_start",
            "arena_2": "__arena_2_start",
            "state": state,
            "input": "an_input",
            "output": "an_output",
        }
        found: dict[str, bytes] = {}
        places = {view.symbol: (self._image.value(banks[view.bank]) + view.offset, view.bytes) for view in views}

        def keep(layer: str) -> None:
            if layer in places:
                found[layer] = bytes(self._emulator.mem_read(*places[layer]))

        self._profile.on_layer_end = keep
        try:
            self.infer(payload)
        finally:
            self._profile.on_layer_end = None
        missing = sorted(places.keys() - found.keys())
        if missing:
            raise AttendNetsError(f"The firmware never ran the layer {missing[0]}.", "Build it again: model and plan disagree.")
        return [found[view.symbol] for view in views]

    def _start(self) -> None:
        self._emulator = emulator = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        cpu = self._board.target.unicorn_cpu
        if cpu is None:
            raise AttendNetsError(f"Unicorn has no {self._board.core}.", "Run on QEMU: --on qemu.")
        emulator.ctl_set_cpu_model(getattr(arm_const, f"UC_CPU_ARM_{cpu.upper()}"))
        self._peripherals = Peripherals(self._board, self._pause, emulator.mem_read, emulator.mem_write)
        self._map_memory()
        self._add_hooks()
        vectors = self._image.value("an_vectors")
        stack, reset = (int.from_bytes(self._image.read(vectors + offset, 4), "little") for offset in (0, 4))
        emulator.reg_write(arm_const.UC_ARM_REG_SP, stack)
        emulator.reg_write(arm_const.UC_ARM_REG_PC, reset)

    def _stop(self) -> None:
        self.__dict__.pop("_emulator", None)

    def _send(self, data: bytes) -> None:
        self._peripherals.received += data

    def _begin(self) -> None:
        self._profile.restart()

    def _receive(self) -> bytes:
        self._run()
        sent = bytes(self._peripherals.sent)
        self._peripherals.sent.clear()
        if not sent:
            raise AttendNetsError("The firmware waits for more input than it was sent.", "Build it again.")
        return sent

    def _reply(self, output: bytes, done: Done) -> Reply:
        if not self._counting:
            return Reply(output, None, done.stack)
        layers = self._profile.instructions()
        estimated = self._profile.estimated_cycles()
        cycles = sum(estimated.values()) if estimated else None
        milliseconds = None if cycles is None else cycles / self._board.clock_hz * 1000
        return Reply(
            output,
            sum(layers.values()),
            done.stack,
            layers,
            estimated_cycles=cycles,
            estimated_ms=milliseconds,
            estimated_layers=estimated,
        )

    def _run(self) -> None:
        """Until the firmware waits for input that is not there."""
        self._waiting = False
        emulator = self._emulator
        begin = emulator.reg_read(arm_const.UC_ARM_REG_PC) | 1
        try:
            with interruptions_deferred(emulator.emu_stop):
                emulator.emu_start(begin, _NEVER, timeout=0 if self._counting else _TIME_LIMIT)
        except unicorn.UcError as error:
            raise self._crash(self._trouble or str(error)) from error
        if not self._waiting:
            raise self._crash("it stopped by itself, or hangs")

    def _crash(self, trouble: str) -> AttendNetsError:
        pc = self._emulator.reg_read(arm_const.UC_ARM_REG_PC)
        function = self._image.function_at(pc)
        where = f"pc 0x{pc:08x}" + (f" in {function.name}" if function else "")
        layer = f", layer {self._profile.layer}" if self._profile.layer else ""
        return AttendNetsError(
            f"The firmware failed: {trouble}, {where}{layer}.", "Look up the pc in the ELF file's disassembly."
        )

    def _map_memory(self) -> None:
        emulator, board = self._emulator, self._board
        read_write = unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE
        emulator.mem_map(board.flash.address, board.flash.bytes, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        for bank in board.ram:
            emulator.mem_map(bank.address, bank.bytes, read_write)
        for page in private_pages():
            emulator.mem_map(page, PAGE, read_write)
        for page in pages(board):
            emulator.mmio_map(page, PAGE, self._load, page, self._store, page)
        for segment in self._image.segments:
            emulator.mem_write(segment.address, segment.data)

    def _add_hooks(self) -> None:
        emulator = self._emulator
        # Layers begin and end in few functions: where nobody counts, the emulator need not stop at the blocks of any other.
        for function in [None] if self._counting else self._profile.watched:
            bounds = {"begin": function.address, "end": function.address + function.size - 1} if function else {}
            emulator.hook_add(unicorn.UC_HOOK_BLOCK, self._profile.on_block, **bounds)
        emulator.hook_add(unicorn.UC_HOOK_MEM_INVALID, self._on_invalid_access)
        for start, end in forbidden_ranges(self._image, self._board, self._profile.model):
            # A wide store just below a forbidden range may reach into it
            emulator.hook_add(unicorn.UC_HOOK_MEM_WRITE, self._on_guarded_write, start, start - _WIDEST_STORE + 1, end - 1)

    def _on_guarded_write(self, emulator: Any, access: int, address: int, size: int, value: int, start: int) -> None:
        if self._profile.layer and address + size > start:
            raise self._crash(f"the model wrote to 0x{address:08x}, outside its memory")

    def _on_invalid_access(self, emulator: Any, access: int, address: int, size: int, value: int, user: Any) -> bool:
        verb = {unicorn.UC_MEM_READ_UNMAPPED: "read from", unicorn.UC_MEM_FETCH_UNMAPPED: "jumped to"}.get(access, "wrote to")
        flash = self._board.flash
        place = "flash" if flash.address <= address < flash.end else "no memory"
        self._trouble = f"it {verb} 0x{address:08x}, where {place} is"
        return False

    def _load(self, emulator: Any, offset: int, size: int, page: int) -> int:
        return self._peripherals.load(page + offset)

    def _store(self, emulator: Any, offset: int, size: int, value: int, page: int) -> None:
        self._peripherals.store(page + offset, value)

    def _pause(self) -> None:
        """The firmware waits for input."""
        self._waiting = True
        self._emulator.emu_stop()
