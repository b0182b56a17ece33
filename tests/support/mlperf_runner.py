"""A host for MLPerf Tiny's device protocol: firmware on QEMU at a pseudo-terminal, and commands sent as the official runner sends them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from export.boards import Board
from export.programs import QEMU
from export.run.qemu import machine_arguments

CHUNK_BYTES = 31
"""The runner's, so that a command stays below the 80 characters that a device must take."""
_READY = "m-ready"


class Runner:
    """Sends commands over a serial port; a command is over when the device is ready for the next."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port

    def command(self, text: str) -> list[str]:
        """The lines of the answer, without the final m-ready."""
        self._port.write(f"{text}%".encode())
        lines = []
        while (line := self._line()) != _READY:
            lines.append(line)
        return lines

    def find_device(self) -> None:
        """Reads on to the answer to a first command: what the device said when it booted may be lost, or be there still."""
        self._port.write(b"name%")
        while not self._port.readline().startswith(b"m-name"):
            pass
        assert self._line() == _READY

    def _line(self) -> str:
        line = self._port.readline()
        assert line.endswith(b"\r\n"), f"no answer, or not to its end: {line!r}"
        return line[:-2].decode("ascii")

    def load(self, data: bytes) -> list[str]:
        """What the device said to the last piece."""
        assert self.command(f"db load {len(data)}") == [f"m-[Expecting {len(data)} bytes]"]
        answer: list[str] = []
        for start in range(0, len(data), CHUNK_BYTES):
            assert answer == []
            answer = self.command(f"db {data[start : start + CHUNK_BYTES].hex()}")
        return answer

    def infer(self, inferences: int, warm_ups: int) -> tuple[list[str], int]:
        """The results as text, and the microseconds between the two times that are printed."""
        lines = self.command(f"infer {inferences} {warm_ups}")
        pattern = [f"m-warmup-start-{warm_ups}", "m-warmup-done", f"m-infer-start-{inferences}", r"m-lap-us-(\d+)",
                   r"m-lap-us-(\d+)", "m-infer-done", r"m-results-\[([^]]+)\]"]  # fmt: skip
        found = [re.fullmatch(wanted, line) for wanted, line in zip(pattern, lines, strict=True)]
        assert all(found), lines
        begin, end, results = (match[1] for match in (found[3], found[4], found[6]) if match)
        return results.split(","), int(end) - int(begin)


@contextmanager
def runner_at_qemu(elf: Path, board: Board) -> Iterator[Runner]:
    program = QEMU.find()
    assert program and board.qemu
    command = [program, *machine_arguments(board.qemu, elf, elf.parent), "-serial", "pty"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"/dev/\S+", process.stdout.readline())
        assert found, "QEMU did not name its pseudo-terminal"
        with serial.Serial(found[0], 115200, timeout=60) as port:
            runner = Runner(port)
            runner.find_device()
            yield runner
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
