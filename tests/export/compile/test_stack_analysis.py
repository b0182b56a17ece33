"""The stack's worst case follows what the compiler really did, and is refused where there is none."""

from pathlib import Path

import pytest

from export.boards import default_board
from export.compile.firmware import compile_firmware
from export.compile.toolchain import Kind, find_toolchain
from export.errors import AttendNetsError
from export.run.unicorn import UnicornDevice
from tests.support.toy_project import INPUT_BYTES, NAME, make_project

RECURSIVE = """
int an_odd(int n);
int an_even(int n);
__attribute__((noinline)) int an_even(int n) { return n == 0 ? 1 : 3 * an_odd(n - 1); }
__attribute__((noinline)) int an_odd(int n) { return n == 0 ? 0 : 5 * an_even(n - 1); }
"""
LARGE_FRAME = """
int an_large(int n);
int an_large(int n) {
    volatile int values[%d];
    for (int i = 0; i < n; i++) { values[i] = i; }
    return values[n / 2];
}
"""
VARIABLE_LENGTH_ARRAY = """
int an_vla(int n);
int an_vla(int n) {
    volatile int values[n];
    for (int i = 0; i < n; i++) { values[i] = i; }
    return values[n / 2];
}
"""
POINTER = """
int an_pointer(int n);
int (*volatile an_hook)(int);
int an_pointer(int n) { return an_hook ? an_hook(n) + 1 : n; }
"""
SWITCH = """
int an_switch(int n);
int an_switch(int n) {
    volatile int seen = 1;
    switch (n) {
    case 0: seen += 3; break;
    case 1: seen *= 7; break;
    case 2: seen -= 5; break;
    case 3: seen ^= 9; break;
    case 4: seen = -seen; break;
    case 5: seen |= 64; break;
    case 6: seen += 11; break;
    default: break;
    }
    return seen;
}
"""

all_builds = pytest.mark.parametrize(
    ("target_name", "kind"), [(t, k) for t in ("cortex-m0", "cortex-m4") for k in ("gcc", "zig")]
)


def build(directory: Path, target_name: str, kind: Kind, function: str, source: str) -> tuple[Path, int]:
    board = default_board(target_name)
    try:
        toolchain = find_toolchain(board.target, kind)
    except AttendNetsError as error:
        pytest.skip(error.message)
    call = f"extern int {function}(int n); toy_arena[0] = (int8_t)(toy_arena[0] + {function}(toy_input[0]));"
    make_project(directory, board, scale_extra=call)
    (directory / "kernels" / "an_extra.c").write_text(source)
    firmware = compile_firmware(directory, board, NAME, toolchain)
    return firmware.elf, firmware.stack_bytes


@all_builds
@pytest.mark.parametrize("words", [30, 300, 3000])
def test_large_frames_are_counted(tmp_path: Path, target_name: str, kind: Kind, words: int) -> None:
    """Small frames are made by an immediate, larger ones by several, by a constant in a register, or from a literal pool."""
    elf, stack = build(tmp_path, target_name, kind, "an_large", LARGE_FRAME % words)
    with UnicornDevice(elf, default_board(target_name)) as device:
        used = device.infer(bytes([words & 0x7F]) + bytes(INPUT_BYTES - 1)).stack
    assert 4 * words < used <= stack <= 4 * words + 400


@all_builds
def test_jump_tables_stay_in_their_function(tmp_path: Path, target_name: str, kind: Kind) -> None:
    if (target_name, kind) == ("cortex-m0", "gcc"):
        pytest.skip("GCC calls a function of its library that looks the table up")
    elf, stack = build(tmp_path, target_name, kind, "an_switch", SWITCH)
    with UnicornDevice(elf, default_board(target_name)) as device:
        for n in range(8):
            assert device.infer(bytes([n]) + bytes(INPUT_BYTES - 1)).stack <= stack


@all_builds
@pytest.mark.parametrize(
    ("function", "source", "reason"),
    [
        ("an_even", RECURSIVE, "recursive"),
        ("an_vla", VARIABLE_LENGTH_ARRAY, "an_vla: the stack it needs cannot be known"),
        ("an_pointer", POINTER, "an_pointer calls through a pointer"),
    ],
)
def test_no_bound_is_an_error(tmp_path: Path, target_name: str, kind: Kind, function: str, source: str, reason: str) -> None:
    with pytest.raises(AttendNetsError, match=reason):
        build(tmp_path, target_name, kind, function, source)
    assert not (tmp_path / "build").exists()
