"""Boards at a serial port: the same answers as on the emulator, and everything that goes wrong with cables."""

import os
import pty
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import serial

from export.boards import Board, load_board
from export.errors import AttendNetsError, InputError
from export.run import open_device
from export.run.protocol import REQUEST_MAGIC
from export.run.serial import SerialDevice
from export.self_test import SEED
from tests.support.pty_board import board_at_a_port
from tests.support.toy_project import INPUT_BYTES, BuildToy, reference


@pytest.fixture
def board() -> Board:
    return load_board("nucleo_l4r5zi")


def expected(payload: bytes) -> bytes:
    return bytes(value & 0xFF for value in reference(payload)[1])


def test_it_answers_long_after_boot(build_toy: BuildToy, board: Board) -> None:
    with (
        board_at_a_port(build_toy("nucleo_l4r5zi").elf, board) as port,
        open_device(f"serial:{port}", Path("any"), board) as device,
    ):
        assert device.ready.plan == "0123abcd"
        payload = bytes(range(INPUT_BYTES))
        reply = device.infer(payload)
        assert reply.output == expected(payload) and reply.instructions is None
        assert reply.cycles is not None and reply.milliseconds == pytest.approx(1000 * reply.cycles / board.clock_hz)
        assert device.self_test(SEED) == device.self_test(SEED)
        device.restart()
        assert device.infer(payload).output == expected(payload)
        with pytest.raises(InputError, match="built from plan 0123abcd"):
            device.require_plan("ffffffff")


def test_a_counter_that_is_no_cycle_counter_gives_time_only(build_toy: BuildToy) -> None:
    board = load_board("raspberry_pi_pico")
    with board_at_a_port(build_toy("raspberry_pi_pico").elf, board) as port, SerialDevice(port, board) as device:
        reply = device.infer(bytes(INPUT_BYTES))
        assert reply.cycles is None and reply.milliseconds is not None


def test_chatter_of_a_boot_loader_is_skipped(build_toy: BuildToy, board: Board) -> None:
    chatter = b"boot loader 1.0\r\nWARNING setup 5\r\n"
    with board_at_a_port(build_toy("nucleo_l4r5zi").elf, board, chatter) as port, SerialDevice(port, board) as device:
        assert device.failed_setup in (5, None), "None where it spoke before the port was open"
        assert device.infer(bytes(INPUT_BYTES)).output == expected(bytes(INPUT_BYTES))


def test_unplugged_in_mid_inference(build_toy: BuildToy, board: Board) -> None:
    with board_at_a_port(build_toy("nucleo_l4r5zi").elf, board, unplug_at=REQUEST_MAGIC) as port:
        with SerialDevice(port, board, timeout=2) as device, pytest.raises(AttendNetsError, match="is gone") as caught:
            device.infer(bytes(INPUT_BYTES))
        assert "cable" in caught.value.hint


def test_silence_and_garbage(board: Board) -> None:
    host, device_end = pty.openpty()
    path = os.ttyname(device_end)
    with pytest.raises(AttendNetsError, match="gave no answer for 1 s, nothing at all") as caught:
        SerialDevice(path, board, timeout=1).__enter__()
    assert "PG7 TX, PG8 RX" in caught.value.hint and "115200 baud" in caught.value.hint
    os.set_blocking(host, False)
    stop = threading.Event()

    def chatter() -> None:
        while not stop.wait(0.1):
            with suppress(BlockingIOError):
                os.write(host, b"#garbage\n")

    thread = threading.Thread(target=chatter)
    thread.start()
    with pytest.raises(AttendNetsError, match=r"gave no answer for 1 s, but b'.*#garbage"):
        SerialDevice(path, board, timeout=1).__enter__()
    stop.set()
    thread.join()
    os.close(host)
    os.close(device_end)


def test_ports_that_cannot_be_opened(board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttendNetsError, match="There is no serial port /dev/none") as caught:
        SerialDevice("/dev/none", board).__enter__()
    assert "Serial ports here" in caught.value.hint
    host, device_end = pty.openpty()
    path = os.ttyname(device_end)
    busy = serial.Serial(path, exclusive=True)
    with pytest.raises(AttendNetsError, match="in use by another program"):
        SerialDevice(path, board).__enter__()
    busy.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(AttendNetsError, match="cannot be opened"):
        SerialDevice(str(tmp_path / "file"), board).__enter__()
    os.close(host)
    os.close(device_end)
    for place in ("moon", "serial:"):
        with pytest.raises(InputError, match=f"cannot run on '{place}'"):
            open_device(place, Path("any"), board)
