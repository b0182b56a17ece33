"""Runs the firmware where it is: on a real board, over its serial port."""

from __future__ import annotations

import contextlib
import errno
import time

import serial

from ..boards import Board
from ..errors import AttendNetsError
from .device import Device, Reply
from .protocol import Done, Message, Ready, encode_identify

_FAILURES: tuple[type[Exception], ...] = (OSError, TypeError, serial.SerialException)
"""What pyserial raises when a port vanishes; on POSIX also an error of the terminal's own."""
with contextlib.suppress(ImportError):
    import termios

    _FAILURES += (termios.error,)

_SHOWN = 80
_BITS_PER_BYTE = 10  # with start and stop bit
_ASK_EVERY_SECONDS = 1.0


class SerialDevice(Device):
    """The board at the serial port ``port``; every wait for a message lasts at most ``timeout`` seconds, and as long as its bytes take.

    It may have booted long ago: it is asked who it is. Nothing resets it.

    Raises on entry:
        AttendNetsError: the port is missing, busy or forbidden; or nothing there speaks the protocol, with what was received.
    """

    def __init__(self, port: str, board: Board, timeout: float = 10.0) -> None:
        super().__init__()
        self._port = port
        self._board = board
        self._timeout = timeout
        self._serial: serial.Serial | None = None
        self._received = b""
        self._introduced = False
        self._asked = self._deadline = 0.0

    def _start(self) -> None:
        try:
            self._serial = serial.Serial(
                self._port, self._board.uart.baud, timeout=0.05, write_timeout=self._timeout, exclusive=True
            )
            self._serial.reset_input_buffer()
        except (OSError, ValueError) as error:
            raise _cannot_open(self._port, error) from error
        self._received = b""
        self._introduced = False
        self._ask()

    def _stop(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            port.close()

    def _send(self, data: bytes) -> None:
        assert self._serial is not None
        try:
            self._serial.write(data)
            self._serial.flush()
        except _FAILURES as error:
            raise self._gone() from error

    def _receive(self) -> bytes:
        assert self._serial is not None
        while time.monotonic() < self._deadline:
            try:
                piece = self._serial.read(max(1, self._serial.in_waiting))
            except _FAILURES as error:
                raise self._gone() from error
            if piece:
                self._received = (self._received + piece)[-_SHOWN:]
                return bytes(piece)
            if not self._introduced and time.monotonic() - self._asked > _ASK_EVERY_SECONDS:
                self._ask()
        what = f"but {self._received!r}" if self._received else "nothing at all"
        raise AttendNetsError(
            f"{self._port} gave no answer for {self._timeout:.0f} s, {what}.",
            f"Press the board's reset button and run again; check that the firmware is flashed, and the wires: {self._board.uart.pins}, "
            f"{self._board.uart.baud} baud.",
        )

    def _next_message(self) -> Message:
        output_bytes = self.ready.output_bytes if self._introduced else 0
        self._deadline = time.monotonic() + self._timeout + output_bytes * _BITS_PER_BYTE / self._board.uart.baud
        message = super()._next_message()
        # It may introduce itself more than once: because it has just booted, and because it was asked, perhaps twice
        while self._introduced and isinstance(message, Ready):
            message = super()._next_message()
        self._introduced = True
        return message

    def _ask(self) -> None:
        """Asks the firmware who it is: what it said when it booted may be long past."""
        self._asked = time.monotonic()
        self._send(encode_identify())

    def _reply(self, output: bytes, done: Done) -> Reply:
        counter = self._board.counter
        cycles = done.ticks if counter.driver == "dwt" else None
        milliseconds = None if done.ticks is None else 1000 * done.ticks / counter.hz
        return Reply(output, None, done.stack, cycles=cycles, milliseconds=milliseconds)

    def _gone(self) -> AttendNetsError:
        return AttendNetsError(f"{self._port} is gone.", "Plug the board in again, and check the cable.")


def _cannot_open(port: str, error: Exception) -> AttendNetsError:
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        from serial.tools.list_ports import comports

        found = ", ".join(sorted(entry.device for entry in comports())) or "none"
        return AttendNetsError(f"There is no serial port {port}.", f"Serial ports here: {found}.")
    if code in (errno.EACCES, errno.EPERM):
        return AttendNetsError(
            f"{port} must not be opened by you.", "On Linux: sudo usermod -aG dialout $USER, then log in again."
        )
    if code in (errno.EBUSY, errno.EAGAIN):
        return AttendNetsError(
            f"{port} is in use by another program.", "Close it: a terminal, a debugger's console, another run."
        )
    return AttendNetsError(f"{port} cannot be opened: {error}.", "Give the port as serial:/dev/ttyACM0, or serial:COM3.")
