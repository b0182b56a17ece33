"""A board at the end of a pseudo-terminal: firmware on unicorn, its serial port where a host would find one."""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from export.boards import Board
from export.errors import AttendNetsError
from export.run.unicorn import UnicornDevice


@contextmanager
def board_at_a_port(elf: Path, board: Board, chatter: bytes = b"", unplug_at: bytes | None = None) -> Iterator[str]:
    """The path of the port. The board has booted before anyone listens; it says ``chatter`` first.

    ``unplug_at``: it vanishes when it was sent these bytes.
    """
    host, device_end = pty.openpty()
    tty.setraw(host)
    tty.setraw(device_end)
    path = os.ttyname(device_end)
    os.close(device_end)  # whoever opens the path has the only other end
    stop = threading.Event()

    def serve() -> None:
        received = b""
        with UnicornDevice(elf, board, counting=False) as device:
            os.write(host, chatter)
            while not stop.is_set():
                try:
                    data = os.read(host, 4096)
                except OSError:  # nobody has opened the port yet, or any more
                    stop.wait(0.01)
                    continue
                received += data
                if unplug_at is not None and unplug_at in received:
                    os.close(host)
                    return
                device._send(data)
                with suppress(AttendNetsError):  # it waits for the rest
                    os.write(host, device._receive())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        stop.set()
        thread.join(timeout=10)
        with suppress(OSError):
            os.close(host)
