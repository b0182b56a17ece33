"""Unicorn and QEMU run the same firmware alike: same bytes, same instruction counts, same stack."""

import os
import random
import re
import signal
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from export.boards import Board, default_board
from export.errors import AttendNetsError, InputError
from export.programs import QEMU
from export.run import open_device
from export.run.device import Device
from export.run.protocol import Ready, encode_request
from export.run.qemu import QemuDevice
from export.run.unicorn import UnicornDevice
from export.targets import load_target, target_names
from tests.support.toy_project import INPUT_BYTES, LAYERS, BuildToy, reference

VARIABLE_LENGTH = 'for (int i = 0; i < (uint8_t)toy_input[0]; i++) { __asm__ volatile("nop"); }'

needs_qemu = pytest.mark.skipif(QEMU.find() is None, reason=f"{QEMU.name} is not installed")
UNICORN_TARGETS = [name for name in target_names() if load_target(name).unicorn_cpu]
all_builds = pytest.mark.parametrize(
    ("target_name", "kind"), [(name, kind) for name in UNICORN_TARGETS for kind in ("gcc", "zig")]
)


@dataclass(frozen=True)
class View:
    symbol: str
    bank: str
    offset: int
    bytes: int


def expected(payload: bytes) -> list[bytes]:
    return [bytes(value & 0xFF for value in layer) for layer in reference(payload)]


def payloads(count: int) -> Iterator[bytes]:
    generator = random.Random(1)
    for first in range(count):
        yield bytes([first]) + generator.randbytes(INPUT_BYTES - 1)


@needs_qemu
@all_builds
def test_emulators_agree_to_the_instruction(build_toy: BuildToy, target_name: str, kind: str) -> None:
    board = default_board(target_name)
    elf = build_toy(target_name, kind, fold_extra=VARIABLE_LENGTH).elf
    counts = set()
    with open_device("unicorn", elf, board) as unicorn, open_device("qemu", elf, board) as qemu:
        assert unicorn.ready == qemu.ready == Ready("toy", "0123abcd", 16, 8)
        for payload in payloads(12):
            reply, other = unicorn.infer(payload), qemu.infer(payload)
            assert reply.output == other.output == expected(payload)[1]
            assert reply.instructions == other.instructions == sum(reply.layers.values())
            assert reply.stack == other.stack
            assert list(reply.layers) == [*LAYERS, "toy_run"]
            counts.add(reply.instructions)
    assert len(counts) > 6, "the payloads were meant to give many different counts"


@needs_qemu
@pytest.mark.parametrize("kind", ["gcc", "zig"])
def test_helium_runs_on_qemu(build_toy: BuildToy, kind: str) -> None:
    """Unicorn has no Cortex-M55: QEMU alone says how many instructions there are."""
    board = default_board("cortex-m55")
    elf = build_toy("cortex-m55", kind, fold_extra=VARIABLE_LENGTH).elf
    with open_device("qemu", elf, board) as qemu:
        for payload in payloads(3):
            reply = qemu.infer(payload)
            assert reply.output == expected(payload)[1] and reply.instructions
    with pytest.raises(AttendNetsError, match="Unicorn has no cortex-m55"), open_device("unicorn", elf, board):
        pass


@all_builds
def test_stack_bound_holds_and_is_tight(build_toy: BuildToy, target_name: str, kind: str) -> None:
    firmware = build_toy(target_name, kind)
    with UnicornDevice(firmware.elf, default_board(target_name)) as device:
        device._send(b"garbage!")  # the longest path of the harness prints a number
        assert device._receive().startswith(b"ERROR magic")
        used = device.infer(bytes(INPUT_BYTES)).stack
    assert used <= firmware.stack_bytes <= 2 * used + 40, "the bound also covers an exception and its report"


@all_builds
def test_trace_gives_every_layer(build_toy: BuildToy, target_name: str, kind: str) -> None:
    views = [View("toy_scale", "arena", 0, 16), View("toy_fold", "output", 0, 8)]
    with UnicornDevice(build_toy(target_name, kind).elf, default_board(target_name)) as device:
        for payload in payloads(2):
            assert device.trace(payload, views) == expected(payload)
            assert device.infer(payload).output == expected(payload)[1]
        with pytest.raises(AttendNetsError, match="never ran the layer toy_gone"):
            device.trace(payload, [View("toy_gone", "arena", 0, 1)])


@pytest.fixture
def board() -> Board:
    return default_board("cortex-m4")


OUTSIDE = {
    "beyond the arena": "((volatile int8_t *)toy_arena)[sizeof toy_arena] = 1;",
    "a word across the arena's end": "*(volatile uint32_t *)(toy_arena + sizeof toy_arena - 2) = 1;",
    "the input": "((volatile int8_t *)toy_input)[3] = 1;",
    "beyond the output": "((volatile int8_t *)toy_output)[8] = 1;",
    "flash": "*(volatile int *)0x100 = 1;",
    "no memory": "*(volatile int *)0xF0000000 = 1;",
    "a read of no memory": "(void)*(volatile int *)0xF0000000;",
    "the timer": "*(volatile int *)0x40000000 = 1;",
    "the serial port": "*(volatile int *)0x40004000 = 1;",
}


@pytest.mark.parametrize("place", OUTSIDE)
def test_memory_guard_names_address_instruction_and_layer(build_toy: BuildToy, board: Board, place: str) -> None:
    firmware = build_toy(fold_extra=OUTSIDE[place])
    with UnicornDevice(firmware.elf, board) as device, pytest.raises(AttendNetsError) as caught:
        device.infer(bytes(INPUT_BYTES))
    assert re.search(r"0x[0-9a-f]{8}, .*pc 0x[0-9a-f]{8} in toy_fold, layer toy_fold", caught.value.message), (
        caught.value.message
    )


def test_an_endless_loop_ends(build_toy: BuildToy, board: Board) -> None:
    firmware = build_toy(fold_extra='for (;;) { __asm__ volatile("nop"); }')
    with (
        UnicornDevice(firmware.elf, board, block_limit=100_000) as device,
        pytest.raises(AttendNetsError, match="hangs in toy_fold"),
    ):
        device.infer(bytes(INPUT_BYTES))


@pytest.mark.parametrize("counting", [True, False])
@pytest.mark.parametrize(("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
def test_interruptions_end_an_inference(
    build_toy: BuildToy, board: Board, counting: bool, number: signal.Signals, error: type[BaseException]
) -> None:
    """Firmware that never ends: only the signal, which arrives while a callback runs, can end it."""

    def leave(*_: object) -> None:
        raise error

    firmware = build_toy(fold_extra="for (;;) { toy_scale(); }")
    earlier = signal.signal(number, leave)
    try:
        with UnicornDevice(firmware.elf, board, counting) as device:
            timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
            timer.start()
            with pytest.raises(error):
                device.infer(bytes(INPUT_BYTES))
            timer.join()
        assert signal.getsignal(number) is leave
    finally:
        signal.signal(number, earlier)


@needs_qemu
def test_qemu_gives_up_in_time(build_toy: BuildToy, board: Board) -> None:
    firmware = build_toy(fold_extra='for (;;) { __asm__ volatile("nop"); }')
    with QemuDevice(firmware.elf, board, timeout=2) as device, pytest.raises(AttendNetsError, match="within 2 s"):
        device.infer(bytes(INPUT_BYTES))


FAULTS = {
    ("cortex-m4", "(void)*(volatile int *)0xF0000000;"): "cfsr 0x00008200 hfsr 0x40000000 mmfar 0x[0-9a-f]{8} bfar 0xf0000000",
    ("cortex-m4", '__asm__ volatile("udf #0");'): "cfsr 0x00010000 hfsr 0x40000000",
    ("cortex-m0", "(void)*(volatile int *)0xF0000000;"): "$",
}


@needs_qemu
@pytest.mark.parametrize(("target_name", "statement"), FAULTS)
def test_faults_are_reported(build_toy: BuildToy, target_name: str, statement: str) -> None:
    firmware = build_toy(target_name, scale_extra=statement)
    with QemuDevice(firmware.elf, default_board(target_name)) as device, pytest.raises(AttendNetsError) as caught:
        device.infer(bytes(INPUT_BYTES))
    assert re.search(
        r"FAULT hardfault pc 0x\w{8} lr 0x\w{8} sp 0x200\w{5} ?" + FAULTS[target_name, statement], caught.value.message
    )


BAD_FRAMES = {
    b"XXXX": b"ERROR magic 0x58585858 expected 0x51524e41\n",
    b"ANRQ" + (5).to_bytes(4, "little") + b"hello" + bytes(4): b"ERROR length 5 expected 16\n",
    b"ANRQ" + b"\xff" * 200: b"ERROR length 4294967295 expected 16\n",
    encode_request(bytes(INPUT_BYTES))[:-4] + bytes(4): b"ERROR crc 0x00000000 expected 0x%08x\n"
    % zlib.crc32(bytes(INPUT_BYTES)),
}


@pytest.mark.parametrize("on", ["unicorn", pytest.param("qemu", marks=needs_qemu)])
def test_bad_frames_are_told_and_skipped(build_toy: BuildToy, board: Board, on: str) -> None:
    payload = next(payloads(1))
    with open_device(on, build_toy().elf, board) as device:
        for frame, line in BAD_FRAMES.items():
            assert _answer(device, frame, len(line)) == line
            assert device.infer(payload).output == expected(payload)[1]


def _answer(device: Device, data: bytes, size: int) -> bytes:
    device._send(data)
    answer = b""
    while len(answer) < size:
        answer += device._receive()
    return answer


def test_wrong_payload_size_is_rejected(build_toy: BuildToy, board: Board) -> None:
    with UnicornDevice(build_toy().elf, board) as device, pytest.raises(InputError, match="takes 16 bytes, not 3"):
        device.infer(bytes(3))


def test_missing_elf_is_told(tmp_path: Path, board: Board) -> None:
    with pytest.raises(AttendNetsError, match="cannot be read"), ExitStack() as stack:
        stack.enter_context(open_device("unicorn", tmp_path / "none.elf", board))


def test_missing_qemu_is_told(build_toy: BuildToy, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    elf = build_toy().elf
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AttendNetsError, match="not installed") as caught, QemuDevice(elf, board):
        pass
    assert "apt-get install" in caught.value.hint
