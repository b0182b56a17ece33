"""Every board from reset to its answers on the emulator: setup, drivers, banks, and the reference's bytes."""

from pathlib import Path

import pytest

from export.boards import board_names, load_board
from export.build import build
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
