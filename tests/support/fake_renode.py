"""In Renode's place: takes its command line, waits for ``start``, and serves the firmware, on unicorn, at the socket it was told of.

``FAKE_RENODE`` changes that: "dies" ends at once, "silent" never answers, "leaves" ends at the first request.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from contextlib import suppress
from pathlib import Path

from export.boards import load_board
from export.errors import AttendNetsError
from export.run.unicorn import UnicornDevice


def main() -> None:
    behaviour = os.environ.get("FAKE_RENODE", "")
    commands = sys.argv[sys.argv.index("-e") + 1].split("; ")
    include, socket_terminal, connect = commands
    script = Path(include.removeprefix("include @"))
    found = re.fullmatch(r'emulation CreateServerSocketTerminal (\d+) "port" false', socket_terminal)
    if behaviour == "dies" or not found or connect != "connector Connect sysbus.uart port" or not script.is_file():
        sys.exit(0)  # as Renode does, whatever went wrong
    with socket.create_server(("127.0.0.1", int(found[1]))) as server:
        connection, _ = server.accept()
    assert sys.stdin.readline() == "start\n"
    (elf,) = (script.parents[1] / "build").glob("*.elf")
    with connection:
        serve(connection, elf, script.stem, behaviour)


def serve(connection: socket.socket, elf: Path, board: str, behaviour: str) -> None:
    device = UnicornDevice(elf, load_board(board), counting=False)
    device._start()
    connection.sendall(device._receive())
    while data := connection.recv(1 << 16):
        if behaviour == "leaves":
            return
        device._send(data)
        with suppress(AttendNetsError):  # it waits for the rest
            answer = device._receive()
            if behaviour != "silent":
                connection.sendall(answer)


if __name__ == "__main__":
    main()
