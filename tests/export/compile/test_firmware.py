"""Firmware: equal inputs give equal bytes, by both compilers and by make; sizes and shortfalls are exact."""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from intelhex import IntelHex

from export.boards import Board, board_names, board_text, default_board, load_board, parse_board
from export.compile import gcc, zig
from export.compile.elf import load_image
from export.compile.firmware import Firmware, compile_firmware
from export.compile.toolchain import Kind, Toolchain, find_toolchain
from export.errors import AttendNetsError, DoesNotFitError, InputError
from tests.support.toy_project import NAME, make_project

KINDS: tuple[Kind, ...] = ("gcc", "zig")


@pytest.fixture
def board() -> Board:
    return default_board("cortex-m4")


def toolchain_or_skip(board: Board, kind: Kind) -> Toolchain:
    try:
        return find_toolchain(board.target, kind)
    except AttendNetsError as error:
        pytest.skip(error.message)


def build(directory: Path, board: Board, kind: Kind, **extras: object) -> Firmware:
    return compile_firmware(make_project(directory, board, **extras), board, NAME, toolchain_or_skip(board, kind))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", board_names())
def test_no_compiler_warns(tmp_path: Path, name: str, kind: Kind) -> None:
    board = load_board(name)
    toolchain = toolchain_or_skip(board, kind)
    strict = dataclasses.replace(toolchain.flags, compile=(*toolchain.flags.compile, "-Werror"))
    compile_firmware(make_project(tmp_path, board), board, NAME, dataclasses.replace(toolchain, flags=strict))


@pytest.mark.parametrize("kind", KINDS)
def test_a_core_without_a_board_of_ours_compiles(tmp_path: Path, kind: Kind) -> None:
    """The Cortex-M85, which no emulator here has: on a user's own board."""
    board = parse_board(board_text("mps3_an547").replace("cortex-m55", "cortex-m85").replace("mps3_an547", "mine"), "mine")
    compile_firmware(make_project(tmp_path, board), board, NAME, toolchain_or_skip(board, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_depend_on_the_sources_only(tmp_path: Path, board: Board, kind: Kind) -> None:
    first = build(tmp_path / "first", board, kind)
    second = build(tmp_path / "another" / "second place", board, kind)
    for file in ("elf", "bin", "hex"):
        assert getattr(first, file).read_bytes() == getattr(second, file).read_bytes()
    assert str(tmp_path).encode() not in first.elf.read_bytes()
    assert (tmp_path / "first/stack.mk").read_text().endswith(f"STACK_BYTES := {first.stack_bytes}\n")


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize("kind", KINDS)
def test_make_builds_the_same_elf(tmp_path: Path, board: Board, kind: Kind) -> None:
    firmware = build(tmp_path, board, kind)
    elf, flash = firmware.elf.read_bytes(), IntelHex(str(firmware.hex)).todict()
    compiler = {"gcc": [], "zig": [f"CC={sys.executable} -m ziglang cc"]}[kind]
    for goal in ("clean", "all", "size"):
        subprocess.run(["make", *compiler, goal], cwd=tmp_path, check=True, capture_output=True)
    assert firmware.elf.read_bytes() == elf
    made = IntelHex(str(firmware.hex)).todict()
    assert {address: made[address] for address in flash if isinstance(address, int)} == flash
    assert kind == "zig" or firmware.bin.read_bytes() == IntelHex(str(firmware.hex)).tobinstr(start=0)


@pytest.mark.parametrize("kind", KINDS)
def test_sizes_add_up(tmp_path: Path, board: Board, kind: Kind) -> None:
    firmware = build(tmp_path, board, kind, arena=1000)
    assert firmware.arena_bytes == 1000
    assert firmware.stack_bytes % 8 == 0
    variables = 16 + 8 + 2 * 4
    assert 0 <= firmware.ram_bytes - firmware.arena_bytes - firmware.stack_bytes - variables <= 32
    assert 0 <= firmware.flash_bytes - firmware.code_bytes - firmware.constant_bytes < 8
    assert len(firmware.bin.read_bytes()) == firmware.flash_bytes
    image = load_image(firmware.elf)
    assert image.value("__stack_end") - image.value("__stack_start") == firmware.stack_bytes
    assert firmware.compiler.startswith({"gcc": "arm-none-eabi-gcc 1", "zig": "zig cc 0."}[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("memory", "region"), [("flash", "FLASH"), ("ram", "SSRAM")])
def test_shortfalls_are_exact(tmp_path: Path, board: Board, kind: Kind, memory: str, region: str) -> None:
    needed = getattr(build(tmp_path / "fits", board, kind, arena=4096), f"{memory}_bytes")
    for shortfall in (0, 1, 1000):
        smaller = _with_size(board, memory, needed - shortfall)
        if shortfall == 0:
            build(tmp_path / "exact", smaller, kind, arena=4096)
            continue
        directory = tmp_path / f"short by {shortfall}"
        with pytest.raises(DoesNotFitError, match=rf"exceeds {region} by {shortfall} bytes") as caught:
            build(directory, smaller, kind, arena=4096)
        assert caught.value.exit_code == 3
        assert sorted(path.name for path in directory.iterdir()) == ["Makefile", "harness", "kernels", "linker.ld", "model"]


def _with_size(board: Board, memory: str, size: int) -> Board:
    if memory == "flash":
        return board.model_copy(update={"flash": board.flash.model_copy(update={"bytes": size})})
    return board.model_copy(update={"ram": (board.ram[0].model_copy(update={"bytes": size}),)})


def test_a_failed_build_keeps_the_earlier_one(tmp_path: Path, board: Board) -> None:
    firmware = build(tmp_path, board, "zig")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    broken = tmp_path / "kernels" / "an_kernels.c"
    before[broken] = b"int broken("
    broken.write_bytes(before[broken])
    with pytest.raises(AttendNetsError, match=r"an_kernels\.c"):
        compile_firmware(tmp_path, board, NAME, toolchain_or_skip(board, "zig"))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert firmware.elf.exists()


def test_a_folder_without_sources_is_rejected(tmp_path: Path, board: Board) -> None:
    with pytest.raises(InputError, match="no firmware sources"):
        compile_firmware(tmp_path, board, NAME, toolchain_or_skip(board, "zig"))


def test_gcc_is_preferred_and_a_missing_compiler_is_told(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    if gcc.find():
        assert find_toolchain(board.target).kind == "gcc"
    monkeypatch.setattr(gcc, "find", lambda: None)
    if zig.find():
        assert find_toolchain(board.target).kind == "zig"
    monkeypatch.setattr(zig, "find", lambda: None)
    with pytest.raises(AttendNetsError, match="No arm-none-eabi-gcc and no ziglang") as caught:
        find_toolchain(board.target)
    assert "pip install ziglang" in caught.value.hint and "apt-get" in caught.value.hint
