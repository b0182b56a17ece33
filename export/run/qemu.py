"""Runs the firmware on QEMU's model of the board, in a child process with the serial port on its standard streams."""

import contextlib
import os
import queue
import subprocess
import tempfile
import threading
from pathlib import Path

from ..boards import Board, Counter, Qemu
from ..compile.elf import load_image
from ..errors import AttendNetsError
from ..programs import QEMU
from .device import Device, Reply
from .protocol import Done

_OTHER_WAYS = "Run on unicorn (--on unicorn), or build for a board that QEMU has: attendnets-cli boards."
_SHIFT = 7
"""QEMU counts an instruction as 2^7 ns: more than two ticks of a timer of 25 MHz, so that a tick of error changes no count."""


class QemuDevice(Device):
    """``elf`` on QEMU; every wait for the firmware lasts at most ``timeout`` seconds.

    Raises on entry:
        AttendNetsError: QEMU is not installed, or the firmware does not boot.
    """

    def __init__(self, elf: Path, board: Board, timeout: float = 120.0) -> None:
        super().__init__()
        self._elf = elf
        self._board = board
        self._timeout = timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._received: queue.Queue[bytes] = queue.Queue()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def _start(self) -> None:
        program = QEMU.find()
        if program is None:
            raise AttendNetsError(
                f"{QEMU.name} is not installed.", f"{QEMU.install}; or run on unicorn, which needs no installation."
            )
        if self._board.qemu is None:
            raise AttendNetsError(f"QEMU has no model of {self._board.title}.", _OTHER_WAYS)
        self._folder = tempfile.TemporaryDirectory(prefix="attendnets-")
        command = [program, *machine_arguments(self._board.qemu, self._elf, Path(self._folder.name)), "-serial", "stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # A queue of its own: the end of an earlier process must not end this one
        self._received = queue.Queue()
        threading.Thread(target=self._pump, args=(self._process, self._received), daemon=True).start()

    @staticmethod
    def _pump(process: subprocess.Popen[bytes], received: queue.Queue[bytes]) -> None:
        """Hands on what the firmware sends; an empty piece is the end."""
        assert process.stdout is not None
        with process.stdout as stream:
            while piece := os.read(stream.fileno(), 1 << 16):
                received.put(piece)
        received.put(b"")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin is not None and process.stderr is not None
            process.stderr.close()
            with contextlib.suppress(OSError):  # what it was sent and never read
                process.stdin.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _send(self, data: bytes) -> None:
        # Not here: a firmware that has stopped reading would block the pipe, and with it the time limit
        threading.Thread(target=self._write, args=(self._process, data), daemon=True).start()

    def _write(self, process: subprocess.Popen[bytes], data: bytes) -> None:
        assert process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has ended; who waits for its answer learns that
            process.stdin.write(data)
            process.stdin.flush()

    def _receive(self) -> bytes:
        try:
            piece = self._received.get(timeout=self._timeout)
        except queue.Empty as error:
            hint = "The firmware hangs, or the machine is very slow."
            raise AttendNetsError(f"No answer from QEMU within {self._timeout:.0f} s.", hint) from error
        if not piece:
            raise self._ended()
        return piece

    def _ended(self) -> AttendNetsError:
        assert self._process is not None and self._process.stderr is not None
        self._process.kill()
        text = self._process.stderr.read().decode(errors="replace").strip()
        return AttendNetsError(f"QEMU ended unexpectedly. {text}", "Build the firmware again; check QEMU's version.")

    def _reply(self, output: bytes, done: Done) -> Reply:
        # Of every row apart: a tick of error more would change the count
        counts = [instructions_of(ticks, self._board.counter) for ticks in done.rows or (done.ticks,)]
        instructions = None if None in counts else sum(count for count in counts if count is not None)
        return Reply(output, instructions, done.stack)


def machine_arguments(qemu: Qemu, elf: Path, folder: Path) -> list[str]:
    """QEMU's arguments for a program on a board, up to what the board's serial port is; ``folder`` takes a file of its own."""
    arguments = ["-M", qemu.machine, "-kernel", str(elf), "-monitor", "none", "-display", "none"]
    arguments += ["-icount", f"shift={_SHIFT},sleep=off"]
    if qemu.vectors is not None:
        # The initial stack pointer and the reset vector, where the machine looks for them
        image, vectors = load_image(elf), folder / "vectors.bin"
        vectors.write_bytes(image.read(image.value("an_vectors"), 8))
        arguments += ["-device", f"loader,file={vectors},addr=0x{qemu.vectors:X},force-raw=on"]
    return arguments + ["-serial", "null"] * qemu.serial


def instructions_of(ticks: int | None, counter: Counter) -> int | None:
    """Instructions of <name>_run from the ticks that it took longer than a function of one instruction.

    None where the counter overflowed, or is one that QEMU does not model.
    """
    if ticks is None or counter.driver == "dwt":
        return None
    ticks_per_instruction = counter.hz * 2**_SHIFT / 1e9
    return round(ticks / ticks_per_instruction) + 1
