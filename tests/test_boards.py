"""Every board from reset to its answers on the emulator: setup, drivers, banks, and the reference's bytes."""

from pathlib import Path

import pytest

from export.boards import board_names, load_board
from export.build import build
from export.classify import classify
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


@pytest.mark.skipif(QEMU.find() is None, reason=f"{QEMU.name} is not installed")
def test_a_clock_that_does_not_start_is_told(tmp_path: Path) -> None:
    """QEMU's STM32F405 has no clock controller."""
    build(PATH, load_board("stm32f407_discovery"), tmp_path / "out")
    project = load_project(tmp_path / "out")
    samples = list(random_samples(1, project.inputs))
    (answer,) = classify(project, samples, "qemu")
    assert answer["warning"].startswith("Setup operation 3 of stm32f407_discovery waited in vain: RCC_CR, HSE ready")
    assert classify(project, samples, "unicorn")[0]["warning"] is None
