"""Boards: every file is valid, everything wrong with one is told, and memories are shared out as the board prefers."""

import json
import re
from pathlib import Path

import pytest

from export.boards import board_names, board_text, default_board, load_board, load_board_file, parse_board, select_board
from export.errors import DoesNotFitError, InputError
from export.plan.banks import HARNESS_BYTES, LEAST_HARNESS_BYTES, Banks, place_in_banks

VALID = board_text("mps2_an386")
TWO_MORE_BANKS = """ram:
  - {name: fast, address: 0x10000000, bytes: 0x10000}
  - {name: late, address: 0x30000000, bytes: 0x80000, needs_setup: true}
"""


@pytest.mark.parametrize("name", board_names())
def test_every_board_loads(name: str) -> None:
    board = load_board(name)
    assert board.name == name
    assert parse_board(json.dumps(board.to_json()), "its JSON") == board
    assert board.tested.unicorn <= (board.target.unicorn_cpu is not None)
    assert board.tested.qemu <= (board.qemu is not None)
    assert board.counter.driver != "dwt" or board.counter.hz == board.clock_hz


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(InputError, match="no board 'mps2-an386'") as caught:
        load_board("mps2-an386")
    assert "Did you mean mps2_an386" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("clock_hz: 25", "clock: 25", "unknown key 'clock'", "Did you mean clock_hz"),
        ("title: ", "titel: ", "unknown key 'titel'", "Did you mean title"),
        ("  baud: ", "  boud: 1\n  baud: ", "unknown key 'uart.boud'", "Did you mean baud.* Allowed: driver, base, baud"),
        ("target: ", "targt: 1\ntarget: ", "unknown key 'targt'", "Did you mean target.* chip, target, "),
        ("mask: 2, ", "mask: 2, masc: 2, ", "unknown key 'uart.receive.masc'", "Allowed: status, mask, ready, data"),
        ("bytes: 0x400000}\nram", "bytes: big}\nram", "flash.bytes: .* valid integer; found 'big'", "docs/boards.md"),
        ("bytes: 0x400000}\nram", "bytes: -1}\nram", "flash.bytes: .*greater than 0; found -1", ""),
        ("driver: polled", "driver: polling", "uart.driver: .*'polled' or 'nrf_uarte'", ""),
        ("driver: polled", "driver: nrf_uarte", "receive and transmit belong to the driver polled", ""),
        ("write: 3", "write: 3, set: 1", "exactly one of write, set, clear, modify, wait", ""),
        ("at: 0x40004010", "at: 0x40004011", "multiples of 4", ""),
        ("address: 0x20000000", "address: 0x00100000", "memories overlap", ""),
        ("target: cortex-m4", "target: cortex-m44", "There is no target 'cortex-m44'", "Did you mean cortex-m4"),
        (VALID, "- x", "mine.yaml: the file: .*object", ""),
        (VALID, "{", "not valid YAML", ""),
    ],
)
def test_broken_files_are_told(old: str, new: str, message: str, hint: str) -> None:
    parse_board(VALID, "mine.yaml")
    assert old in VALID
    with pytest.raises(InputError, match=message) as caught:
        parse_board(VALID.replace(old, new), "mine.yaml")
    if hint:
        assert re.search(hint, caught.value.hint)


def test_selection(tmp_path: Path) -> None:
    assert select_board(None, None, None) == default_board("cortex-m4") == load_board("mps2_an386")
    assert select_board("cortex-m7", None, None).core == "cortex-m7"
    assert select_board("cortex-m4", "mps2_an386", None).name == "mps2_an386"
    path = tmp_path / "mine.yaml"
    path.write_text(VALID.replace("name: mps2_an386", "name: mine"))
    assert select_board(None, None, path).name == load_board_file(path).name == "mine"
    with pytest.raises(InputError, match="mps2_an386 has a cortex-m4, not a cortex-m7"):
        select_board("cortex-m7", "mps2_an386", None)
    with pytest.raises(InputError, match="Both a board and a board file"):
        select_board(None, "mps2_an386", path)
    with pytest.raises(InputError, match="cannot be read"):
        select_board(None, None, tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("arena", "variables", "expected"),
    [
        (1000, 1000, Banks("fast", "fast")),
        (0x10000 - HARNESS_BYTES - 100, 100, Banks("fast", "fast")),
        (0x10000 - HARNESS_BYTES - 99, 100, Banks("fast", "ssram")),
        (0x10000, 100, Banks("fast", "ssram")),
        (0x10001, 100, Banks("late", "fast")),
        (0x80001, 100, Banks("ssram", "fast")),
        (0x400000, 0x10000, Banks("ssram", "ssram")),
    ],
)
def test_banks_are_taken_in_order_of_preference(arena: int, variables: int, expected: Banks) -> None:
    """A bank that works only after setup holds no variables, for the stack is in use before."""
    board = parse_board(VALID.replace("ram:\n", TWO_MORE_BANKS), "three banks")
    if arena + variables > 0x400000:
        with pytest.raises(DoesNotFitError, match=f"at least {65536 + LEAST_HARNESS_BYTES} more than there are"):
            place_in_banks("model", load_board("mps2_an386"), arena, variables)
        return
    assert place_in_banks("model", board, arena, variables) == expected


@pytest.mark.parametrize("name", board_names())
def test_every_register_has_its_section_of_the_manual(name: str) -> None:
    board = load_board(name)
    registers = [operation.register_name for operation in board.setup]
    registers += [board.identity.register_name] if board.identity else []
    # The core's own counter is described by the architecture's manual.
    registers += {"dwt": [], "cmsdk": ["TIMER0"], "up": ["TIM"]}[board.counter.driver]
    for register in registers:
        assert any(register.startswith(known) or known.startswith(register) for known in board.sections), register
