"""Firmware on Renode, which a stand-in plays: what is asked of it, and what becomes of its failures."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from export.boards import load_board
from export.errors import AttendNetsError
from export.run.renode import RenodeDevice
from tests.support.small_model import PATH

ROOT = Path(__file__).parents[3]
BOARD = "stm32f072_discovery"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("renode") / "project"
    built = CliRunner().invoke(cli.main, ["build", str(PATH), "--board", BOARD, "--out", str(out)])
    assert built.exit_code == 0, built.output
    return out


@pytest.fixture
def renode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a Renode with a behaviour on the path."""

    def install(behaviour: str = "") -> None:
        program = tmp_path / "renode"
        program.write_text(f"#!{sys.executable}\nfrom tests.support.fake_renode import main\nmain()\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("FAKE_RENODE", behaviour)

    return install


def device(project: Path, timeout: float = 60.0) -> RenodeDevice:
    return RenodeDevice(next((project / "build").glob("*.elf")), load_board(BOARD), timeout)


def test_verify(project: Path, renode: Callable[[str], None]) -> None:
    renode("")
    done = CliRunner().invoke(cli.main, ["verify", str(project), "--samples", "3", "--on", "renode"])
    assert done.exit_code == 0, done.output
    assert "renode" in done.output


def test_replies_carry_no_instructions(project: Path, renode: Callable[[str], None]) -> None:
    renode("")
    with device(project) as running:
        reply = running.infer(bytes(256))
        assert len(reply.output) == 4 and reply.instructions is None and reply.stack > 0
        running.restart()
        assert running.infer(bytes(256)).output == reply.output


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [("dies", "Renode did not start"), ("leaves", "Renode ended unexpectedly"), ("silent", "No answer from Renode within 5 s")],
)
def test_failures_are_told(project: Path, renode: Callable[[str], None], behaviour: str, message: str) -> None:
    renode(behaviour)
    with pytest.raises(AttendNetsError, match=message), device(project, timeout=5.0) as running:
        running.infer(bytes(256))


def test_what_is_missing_is_named(project: Path, renode: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    renode("")
    elf = next((project / "build").glob("*.elf"))
    with pytest.raises(AttendNetsError, match=r"mps2_an386\.resc is missing"), RenodeDevice(elf, load_board("mps2_an386")):
        pass
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AttendNetsError, match="Renode is not installed"), device(project):
        pass
