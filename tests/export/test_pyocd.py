"""pyOCD's own API without a probe: its sessions, chips, memory maps, flash loader and builder. Only what a probe does is a stand-in."""

import inspect
from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import pytest

pytest.importorskip("pyocd", reason="pyOCD is not installed: pip install attendnets-tf[flash]")

from pyocd.core import exceptions
from pyocd.core.helpers import ConnectHelper
from pyocd.core.session import Session
from pyocd.flash.flash import Flash
from pyocd.probe.debug_probe import DebugProbe
from pyocd.target import TARGET
from pyocd.target.pack.pack_target import ManagedPacks

from attendnets_tf.pretrained import bundled_model
from export.boards import board_names, load_board
from export.build import build
from export.errors import AttendNetsError
from export.flash import flash, pyocd
from export.project import Project, load_project

KNOWN = {"nrf52840", "rp2040", "rp2350", "stm32h743xx"}
"""Chips that pyOCD has without a pack."""
PROBE = ("read_memory_block8", "read32", "reset_and_halt", "reset")


class Memory(Flash):
    """A flash region as an array; erases by sectors and programs only what is erased."""

    is_erase_all_supported = property(lambda self: False)

    def __init__(self, target: Any, region: Any) -> None:
        super().__init__(target, None)
        self.region, self.content = region, bytearray(b"\xa5" * region.length)

    def init(self, *arguments: Any, **options: Any) -> None:
        pass

    cleanup = uninit = init

    def erase_sector(self, address: int) -> None:
        start, size = address - self.region.start, self.get_sector_info(address).size
        assert start % size == 0
        self.content[start : start + size] = b"\xff" * size

    def program_page(self, address: int, data: Any) -> None:
        start = address - self.region.start
        assert self.content[start : start + len(data)] == b"\xff" * len(data), "not erased"
        self.content[start : start + len(data)] = bytes(data)


class DrySession(Session):
    """A session with a chip of pyOCD's own that no probe leads to."""

    def __init__(self, name: str, identity: int, **options: Any) -> None:
        super().__init__(None, auto_open=False, no_config=True, **options)
        self._probe = create_autospec(DebugProbe, instance=True)
        target = TARGET[name](self)
        target.cores[0] = SimpleNamespace(node_name=None)
        target.selected_core = 0
        self.calls: list[str] = []
        self.flashes = []
        for region in filter(lambda region: region.is_flash, target.memory_map):
            region.flash = Memory(target, region)
            self.flashes.append(region.flash)
        for call in PROBE:
            setattr(target, call, getattr(self, call))
        self.identity, self._board = identity, SimpleNamespace(target=target)

    def read_memory_block8(self, address: int, size: int) -> list[int]:
        memory = next(memory for memory in self.flashes if memory.region.contains_address(address))
        start = address - memory.region.start
        return list(memory.content[start : start + size])

    def read32(self, address: int) -> int:
        self.calls.append(f"read 0x{address:08x}")
        return self.identity

    def reset_and_halt(self) -> None:
        self.calls.append("reset and halt")

    def reset(self) -> None:
        self.calls.append("reset")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    folder = tmp_path_factory.mktemp("pyocd")
    boards = [board for board in map(load_board, board_names()) if board.flash_tools.pyocd in KNOWN]
    for board in boards:
        build(bundled_model(), board, folder / board.name)
    return {board.name: load_project(folder / board.name) for board in boards}


def flash_dry(project: Project, monkeypatch: pytest.MonkeyPatch, identity: int) -> DrySession:
    """Flash as to a board; what ConnectHelper is asked for goes into a session of pyOCD's."""
    sessions = []

    parameters = inspect.signature(ConnectHelper.session_with_chosen_probe)

    def chosen(**arguments: Any) -> Session:
        parameters.bind(**arguments)
        sessions.append(DrySession(arguments["target_override"], identity, **arguments["options"]))
        return sessions[-1]

    monkeypatch.setattr(ConnectHelper, "session_with_chosen_probe", chosen)
    assert flash(project, "pyocd")["tool"] == "pyocd"
    return sessions[0]


@pytest.mark.parametrize("name", [name for name in board_names() if load_board(name).flash_tools.pyocd in KNOWN])
def test_pyocd_writes_the_firmware(name: str, built: dict[str, Project], monkeypatch: pytest.MonkeyPatch) -> None:
    project = built[name]
    identity, start = project.board.identity, project.board.flash.address
    assert identity
    session = flash_dry(project, monkeypatch, identity.value)
    binary = project.elf.with_suffix(".bin").read_bytes()
    assert bytes(session.read_memory_block8(start, len(binary))) == binary
    assert session.calls == [f"read 0x{identity.at:08x}", "reset and halt", "reset"]
    if start:
        outside = session.flashes[0].content[: start - session.flashes[0].region.start]
        assert outside == b"\xa5" * len(outside), "a boot loader below the firmware stays"


def test_another_chip_is_not_written(built: dict[str, Project], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttendNetsError, match="no nRF52840"):
        flash_dry(built["nrf52840_dk"], monkeypatch, 0x52832)


def test_pyocd_has_what_is_used() -> None:
    assert issubclass(exceptions.TargetSupportError, exceptions.Error)
    assert isinstance(ManagedPacks.get_installed_targets(), list)
    names = {load_board(name).flash_tools.pyocd for name in board_names()} - {None}
    assert {name for name in names if name in TARGET} == KNOWN, "docs/flashing.md lists them"
    assert all(pyocd._knows(name) for name in KNOWN) and not pyocd._knows("stm32zzz")
