"""Runs the firmware on Renode, by the script that ``build`` left in the project, with the serial port on a local socket."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from pathlib import Path

from ..boards import Board
from ..errors import AttendNetsError
from ..programs import RENODE
from .device import Device, Reply
from .protocol import Done

_START_SECONDS = 60.0
_PIECE = 1 << 16


class RenodeDevice(Device):
    """The project around ``elf`` on Renode; every wait for the firmware lasts at most ``timeout`` seconds.

    Renode counts no instructions of a single inference: replies carry none.

    Raises on entry:
        AttendNetsError: Renode is not installed, does not start, or the firmware does not boot.
    """

    def __init__(self, elf: Path, board: Board, timeout: float = 300.0) -> None:
        super().__init__()
        self._script = elf.resolve().parents[1] / "renode" / f"{board.name}.resc"
        self._timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def _start(self) -> None:
        program = RENODE.find()
        if program is None:
            raise AttendNetsError(
                "Renode is not installed.", f"{RENODE.install}; or run on unicorn, which needs no installation."
            )
        if not self._script.is_file():
            raise AttendNetsError(f"{self._script} is missing.", "Build the project again.")
        port = _free_port()
        # The socket before the start: the firmware speaks first
        commands = [
            f"include @{self._script}",
            f'emulation CreateServerSocketTerminal {port} "port" false',
            "connector Connect sysbus.uart port",
        ]
        command = [program, "--disable-xwt", "--hide-log", "-e", "; ".join(commands)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._socket = self._connect(port)
        assert self._process.stdin is not None
        self._process.stdin.write(b"start\n")
        self._process.stdin.flush()

    def _connect(self, port: int) -> socket.socket:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                connection = socket.create_connection(("127.0.0.1", port), timeout=self._timeout)
                return connection
            time.sleep(0.1)
        raise AttendNetsError("Renode did not start.", f"Try it by hand: renode {self._script}")

    def _stop(self) -> None:
        process, self._process = self._process, None
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.close()

    def _send(self, data: bytes) -> None:
        assert self._socket is not None
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise _ended() from error

    def _receive(self) -> bytes:
        assert self._socket is not None
        try:
            piece = self._socket.recv(_PIECE)
        except TimeoutError as error:
            hint = "The firmware hangs, or the machine is very slow."
            raise AttendNetsError(f"No answer from Renode within {self._timeout:.0f} s.", hint) from error
        except OSError as error:
            raise _ended() from error
        if not piece:
            raise _ended()
        return piece

    def _reply(self, output: bytes, done: Done) -> Reply:
        return Reply(output, None, done.stack)


def _ended() -> AttendNetsError:
    return AttendNetsError("Renode ended unexpectedly.", "Try the project's script by hand: docs/renode.md.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
