"""A board's registers, as far as its firmware uses them: enough to run it from reset to its answers.

Registers keep what was written to them, and whatever ``setup`` waits for is so at once. Only the serial port is alive.
"""

from __future__ import annotations

from collections.abc import Callable

from ..boards import Board, Flag

PAGE = 0x1000
_PRIVATE_PAGES = (0xE0001000, 0xE000E000)
"""The core's own cycle counter and system control: plain memory, where nothing counts."""

# Nordic's serial port with EasyDMA (nRF52840 Product Specification, section 6.34)
_START_RECEIVING, _START_TRANSMITTING, _RECEIVED, _TRANSMITTED = 0x000, 0x008, 0x110, 0x120
_RECEIVE_POINTER, _TRANSMIT_POINTER, _TRANSMIT_COUNT = 0x534, 0x544, 0x548


def pages(board: Board) -> list[int]:
    """First addresses of all pages with registers that the firmware uses, sorted."""
    uart = board.uart
    used = {operation.at for operation in board.setup} | {uart.base, board.counter.base}
    used |= {address for flag in (uart.receive, uart.transmit) if flag for address in (flag.status, flag.data)}
    return sorted({address & ~(PAGE - 1) for address in used} - set(_PRIVATE_PAGES))


def private_pages() -> tuple[int, ...]:
    return _PRIVATE_PAGES


class Peripherals:
    """``received`` is what the serial port has yet to hand to the firmware, ``sent`` what the firmware gave it.

    ``idle`` is called when the firmware waits for input that is not there. Memory is accessed for a port that does so itself.
    """

    def __init__(
        self, board: Board, idle: Callable[[], None], read: Callable[[int, int], bytes], write: Callable[[int, bytes], None]
    ) -> None:
        self.received = bytearray()
        self.sent = bytearray()
        self._idle = idle
        self._polls = 0
        self._memory_read, self._memory_write = read, write
        self._registers: dict[int, int] = {}
        self._waits: dict[int, list[tuple[int, int]]] = {}
        for operation in board.setup:
            if operation.wait:
                self._waits.setdefault(operation.at, []).append((operation.wait.mask, operation.wait.value))
        self._uart = board.uart

    def load(self, address: int) -> int:
        """What the firmware reads from the register at ``address``."""
        value = self._registers.get(address, 0)
        for mask, ready in self._waits.get(address, ()):
            value = (value & ~mask) | ready
        receive, transmit = self._uart.receive, self._uart.transmit
        if receive and transmit:
            return self._load_polled(address, value, receive, transmit)
        if address == self._uart.base + _RECEIVED:
            return self._receive_by_dma()
        return value

    def store(self, address: int, value: int) -> None:
        """The firmware writes a register."""
        self._registers[address] = value
        base, transmit = self._uart.base, self._uart.transmit
        if transmit:
            if address == transmit.data:
                self._polls = 0
                self.sent.append(value & 0xFF)
        elif address == base + _START_TRANSMITTING:
            pointer, count = (self._registers.get(base + offset, 0) for offset in (_TRANSMIT_POINTER, _TRANSMIT_COUNT))
            self._polls = 0
            self.sent += self._memory_read(pointer, count)
            self._registers[base + _TRANSMITTED] = 1

    def _load_polled(self, address: int, value: int, receive: Flag, transmit: Flag) -> int:
        if address == receive.data:
            self._polls = 0
            return self.received.pop(0) if self.received else 0
        if address == transmit.status:
            value = (value & ~transmit.mask) | transmit.ready
        if address == receive.status:
            value = (value & ~receive.mask) | (receive.ready if self.received else ~receive.ready & receive.mask)
            self._poll()
        return value

    def _receive_by_dma(self) -> int:
        if self.received and self._registers.get(self._uart.base + _START_RECEIVING):
            self._registers[self._uart.base + _START_RECEIVING] = 0
            self._registers[self._uart.base + _RECEIVED] = 1
            self._memory_write(self._registers[self._uart.base + _RECEIVE_POINTER], bytes([self.received.pop(0)]))
            self._polls = 0
        else:
            self._poll()
        return self._registers.get(self._uart.base + _RECEIVED, 0)

    def _poll(self) -> None:
        """Before it sends a byte the firmware may poll the same register once; it polls again only when it waits for one."""
        self._polls = 0 if self.received else self._polls + 1
        if self._polls > 1:
            self._polls = 0
            self._idle()
