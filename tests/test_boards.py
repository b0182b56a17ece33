"""Every board from reset to its answers on the emulator: setup, drivers, banks, and the reference's bytes."""

from pathlib import Path

import pytest

from export.boards import board_names, load_board
from export.build import build
from export.classify import classify
from export.compile.toolchain import Kind, find_toolchain
from export.errors import AttendNetsError, InputError
from export.programs import QEMU
from export.project import load_project
from export.verify import random_samples, verify
from tests.support.small_model import PATH, small_model


def test_the_small_model_is_the_committed_one() -> None:
    assert PATH.read_bytes() == small_model(), "run: python -m tests.support.small_model"


PLACES = [(name, on) for name in board_names() for on in ("unicorn", "qemu") if getattr(load_board(name).tested, on)]


@pytest.mark.parametrize(("name", "on"), PLACES)
def test_boards_compute_the_references_bytes(name: str, on: str, tmp_path: Path) -> None:
    if on == "qemu" and QEMU.find() is None:
        pytest.skip(f"{QEMU.name} is not installed")
    build(PATH, load_board(name), tmp_path / "out")
    project = load_project(tmp_path / "out")
    result = verify(project, random_samples(4, project.inputs), on)
    assert result.equal, result.first_difference


def test_the_cortex_m85s_board_with_a_core_that_is_emulated(tmp_path: Path) -> None:
    """No emulator here has the core: setup, serial port and memories are tried with an older one's instructions."""
    board = load_board("ek_ra8m1").model_copy(update={"core": "cortex-m33"})
    build(PATH, board, tmp_path / "out")
    project = load_project(tmp_path / "out")
    assert verify(project, random_samples(4, project.inputs), "unicorn").equal


@pytest.mark.parametrize("kind", ["gcc", "zig"])
def test_firmware_for_the_cortex_m85_compiles(tmp_path: Path, kind: Kind) -> None:
    board = load_board("ek_ra8m1")
    try:
        find_toolchain(board.target, kind)
    except AttendNetsError as error:
        pytest.skip(error.message)
    assert build(PATH, board, tmp_path / "out", prefer=kind).firmware.stack_bytes
    project = load_project(tmp_path / "out")
    with pytest.raises(InputError, match="No emulator here has a cortex-m85"):
        verify(project, random_samples(1, project.inputs))


@pytest.mark.skipif(QEMU.find() is None, reason=f"{QEMU.name} is not installed")
def test_a_clock_that_does_not_start_is_told(tmp_path: Path) -> None:
    """QEMU's STM32F405 has no clock controller."""
    build(PATH, load_board("stm32f407_discovery"), tmp_path / "out")
    project = load_project(tmp_path / "out")
    samples = list(random_samples(1, project.inputs))
    (answer,) = classify(project, samples, "qemu")
    assert answer["warning"].startswith("Setup operation 3 of stm32f407_discovery waited in vain: RCC_CR, HSE ready")
    assert classify(project, samples, "unicorn")[0]["warning"] is None
