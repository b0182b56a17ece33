"""Flashing: which tool is chosen, what it is told, what is made of its failures. Executables and pyOCD are stand-ins."""

import json
import shutil
import struct
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendnets_tf.pretrained import bundled_model
from export.boards import load_board
from export.build import build
from export.errors import AttendNetsError, InputError
from export.flash import flash, pyocd, uf2
from export.project import Project, load_project
from tests.support.pty_board import board_at_a_port

MAKE = shutil.which("make")
RECORDER = """#!{python}
import json, pathlib, sys
script = [pathlib.Path(a).read_text() for a in sys.argv if a.endswith(".jlink")]
pathlib.Path({record!r}).write_text(json.dumps([sys.argv[1:], script]))
print({output!r})
sys.exit({code})
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    folder = tmp_path_factory.mktemp("flash")
    names = ("nucleo_l4r5zi", "raspberry_pi_pico", "mps2_an386")
    for name in names:
        build(bundled_model(), load_board(name), folder / name)
    return {name: load_project(folder / name) for name in names}


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty PATH, no pyOCD, no drive."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(pyocd, "find_spec", lambda name: None)
    monkeypatch.setattr(uf2, "_MOUNTS", (str(tmp_path / "media"),))
    return folder


def install(folder: Path, name: str, output: str = "", code: int = 0) -> Path:
    """An executable that records its arguments; the path of the record."""
    record = folder / f"{name}.json"
    program = folder / name
    program.write_text(RECORDER.format(python=sys.executable, record=str(record), output=output, code=code))
    program.chmod(0o755)
    return record


def test_nothing_installed_says_what_would_do(built: dict[str, Project]) -> None:
    with pytest.raises(AttendNetsError, match="Nothing here can flash nucleo_l4r5zi") as caught:
        flash(built["nucleo_l4r5zi"])
    for words in (
        "pip install attendnets-tf[flash]",
        "apt-get install openocd",
        "stlink-tools",
        "segger",
        "uf2: does not know",
    ):
        assert words in caught.value.hint
    with pytest.raises(InputError, match="is not flashed"):
        flash(built["mps2_an386"])


def test_openocd(built: dict[str, Project], nothing_installed: Path) -> None:
    record = install(nothing_installed, "openocd", "** Verified OK **")
    project = built["nucleo_l4r5zi"]
    assert flash(project)["tool"] == "openocd"
    (arguments, _) = json.loads(record.read_text())
    assert arguments == ["-f", "board/st_nucleo_l4.cfg", "-c", f"program {{{project.elf.resolve()}}} verify reset exit"]
    pico = built["raspberry_pi_pico"]
    flash(pico, "openocd")
    assert json.loads(record.read_text())[0][:4] == ["-f", "interface/cmsis-dap.cfg", "-f", "target/rp2040.cfg"]


def make_flash(project: Project, *variables: str) -> str:
    """What `make flash` would run."""
    assert MAKE
    (project.directory / f"model/{project.name}.c").touch()
    command = [MAKE, "-C", project.directory, "-n", "flash", *variables]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_make_flash_never_gives_an_old_binary_to_the_command_line(built: dict[str, Project]) -> None:
    project = built["nucleo_l4r5zi"]
    by_gcc = make_flash(project, "CC=arm-none-eabi-gcc", "PORT=/dev/ttyACM0")
    assert by_gcc.index("objcopy -O binary") < by_gcc.index("if command -v attendnets-cli")
    assert "attendnets-cli flash . --port /dev/ttyACM0;" in by_gcc
    by_zig = make_flash(project, "CC=zig cc")
    assert "objcopy -O binary" not in by_zig and "if false attendnets-cli" in by_zig and "elif false st-flash" in by_zig


def test_st_flash(built: dict[str, Project], nothing_installed: Path) -> None:
    record = install(nothing_installed, "st-flash")
    assert flash(built["nucleo_l4r5zi"], "st-flash")["tool"] == "st-flash"
    binary = str(built["nucleo_l4r5zi"].elf.with_suffix(".bin").resolve())
    assert json.loads(record.read_text())[0] == ["--reset", "write", binary, "0x08000000"]
    with pytest.raises(AttendNetsError, match="Nothing here") as caught:
        flash(built["raspberry_pi_pico"], "st-flash")
    assert caught.value.hint == "st-flash: does not know this board."


def test_jlink(built: dict[str, Project], nothing_installed: Path) -> None:
    record = install(nothing_installed, "JLinkExe", "Verify successful.")
    assert flash(built["nucleo_l4r5zi"], "jlink")["tool"] == "jlink"
    arguments, (script,) = json.loads(record.read_text())
    assert arguments[:2] == ["-device", "STM32L4R5ZI"]
    commands = [line.split()[0] for line in script.splitlines()]
    assert commands == ["r", "loadbin", "verifybin", "r", "g", "exit"]


@pytest.mark.parametrize(
    ("tool", "asked", "printed"),
    [
        ("openocd", "openocd", "0xe0042000: 10006413"),
        ("st-flash", "st-info", "0x0413"),
        ("jlink", "JLinkExe", "J-Link>mem32 0xE0042000, 1\nE0042000 = 10006413"),
    ],
)
def test_another_chip_is_not_written(
    built: dict[str, Project], nothing_installed: Path, tool: str, asked: str, printed: str
) -> None:
    install(nothing_installed, "st-flash")
    record = install(nothing_installed, asked, printed)
    with pytest.raises(AttendNetsError, match="no STM32L4R5ZI: DBGMCU_IDCODE reads 0x413, not 0x470") as caught:
        flash(built["nucleo_l4r5zi"], tool)
    assert "STM32F407VG" in caught.value.hint and "build for stm32f407_discovery" in caught.value.hint
    question = json.dumps(json.loads(record.read_text()))
    assert "program" not in question and "loadbin" not in question
    assert tool == "st-flash" or "0xE0042000" in question


@pytest.mark.parametrize(
    ("output", "code", "message"),
    [
        ("Error: unable to find a matching CMSIS-DAP device", 1, "finds no probe"),
        ("Error: UNEXPECTED idcode: 0x2ba01477", 1, "could not write the firmware:\nError: UNEXPECTED idcode"),
        ("** Verify Failed **", 0, "could not write the firmware:\n\\*\\* Verify Failed"),
    ],
)
def test_failures_are_told(built: dict[str, Project], nothing_installed: Path, output: str, code: int, message: str) -> None:
    install(nothing_installed, "openocd", output, code)
    with pytest.raises(AttendNetsError, match=message) as caught:
        flash(built["nucleo_l4r5zi"], "openocd")
    assert caught.value.exit_code == 1 and caught.value.hint


def test_the_board_proves_itself(built: dict[str, Project], nothing_installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(nothing_installed, "openocd", "** Verified OK **")
    project = built["nucleo_l4r5zi"]
    with board_at_a_port(project.elf, project.board) as port:
        assert flash(project, port=port)["self_test"] == "passed"
    report = project.report | {"self_test": {"seed": 1, "crc": "0x00000001"}}
    monkeypatch.setattr(Project, "report", property(lambda self: report))
    with board_at_a_port(project.elf, project.board) as port, pytest.raises(AttendNetsError, match="the reference 0x00000001"):
        flash(project, port=port)


@given(st.binary(min_size=1, max_size=2000), st.integers(0, 2**20))
def test_uf2_read_back(binary: bytes, page: int) -> None:
    """By the format's description: 512-byte blocks, numbered, each with a place for its 256 bytes."""
    address, family = 256 * page, 0xE48BFF56
    content = uf2.encode(binary, address, family)
    assert len(content) % 512 == 0
    flash_image = bytearray(256 * (len(content) // 512))
    for number in range(len(content) // 512):
        block = content[512 * number : 512 * (number + 1)]
        words = struct.unpack("<8I", block[:32])
        assert words[:2] == (0x0A324655, 0x9E5D5157) and struct.unpack("<I", block[-4:]) == (0x0AB16F30,)
        assert words[2] & 0x2000 and words[7] == family and words[5:7] == (number, len(content) // 512)
        flash_image[words[3] - address : words[3] - address + words[4]] = block[32 : 32 + words[4]]
    assert bytes(flash_image) == binary.ljust(len(flash_image), b"\0")


def test_uf2_goes_to_the_drive(built: dict[str, Project], tmp_path: Path) -> None:
    project = built["raspberry_pi_pico"]
    with pytest.raises(AttendNetsError) as caught:
        flash(project, "uf2")
    assert "BOOTSEL" in caught.value.hint
    drive = tmp_path / "media" / "me" / "RPI-RP2"
    drive.mkdir(parents=True)
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v1.0\r\nModel: Raspberry Pi RP2350\r\nBoard-ID: RP2350\r\n")
    with pytest.raises(AttendNetsError, match="Nothing here"):
        flash(project)
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n")
    assert flash(project)["tool"] == "uf2"
    assert (drive / "attendnet_digits.uf2").stat().st_size % 512 == 0


class FakeTarget:
    def __init__(self, memory: bytes, identity: int) -> None:
        self.memory, self.identity, self.resets = memory, identity, 0

    def read32(self, address: int) -> int:
        assert address == 0xE0042000
        return self.identity

    def read_memory_block8(self, address: int, size: int) -> list[int]:
        start = address - 0x08000000
        return list(self.memory[start : start + size])

    def reset_and_halt(self) -> None:
        self.resets += 1

    reset = reset_and_halt


def fake_pyocd(monkeypatch: pytest.MonkeyPatch, session: Any, packs: tuple[str, ...] = ("STM32L4R5ZITx",)) -> list[Any]:
    """Modules with the few names of pyOCD's that are used, and the chips of ``packs``; the calls that were made."""
    calls: list[Any] = []
    helpers, exceptions, programmer = (types.ModuleType(name) for name in ("helpers", "exceptions", "file_programmer"))

    def chosen(**options: Any) -> Any:
        calls.append(options)
        return session

    def program(path: str, file_format: str) -> None:
        calls.append((path, file_format))

    vars(helpers)["ConnectHelper"] = types.SimpleNamespace(session_with_chosen_probe=chosen)
    vars(exceptions).update(Error=type("Error", (Exception,), {}))
    vars(exceptions).update(TargetSupportError=type("TargetSupportError", (vars(exceptions)["Error"],), {}))
    vars(programmer)["FileProgrammer"] = lambda opened: types.SimpleNamespace(program=program)
    target, pack_target = types.ModuleType("target"), types.ModuleType("pack_target")
    vars(target)["TARGET"] = {"nrf52840": None}
    devices = [types.SimpleNamespace(part_number=part) for part in packs]
    vars(pack_target)["ManagedPacks"] = types.SimpleNamespace(get_installed_targets=lambda: devices)
    modules = {"core.helpers": helpers, "core.exceptions": exceptions, "flash.file_programmer": programmer}
    for name, module in (modules | {"target": target, "target.pack.pack_target": pack_target}).items():
        monkeypatch.setitem(sys.modules, f"pyocd.{name}", module)
    for name in ("pyocd", "pyocd.core", "pyocd.flash", "pyocd.target.pack"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setattr(pyocd, "find_spec", lambda name: object())
    return calls


class FakeSession:
    def __init__(self, memory: bytes, identity: int = 0x10016470) -> None:
        self.target = FakeTarget(memory, identity)

    def __enter__(self) -> "FakeSession":
        return self

    def __exit__(self, *error: object) -> None:
        pass


def test_pyocd_comes_first_and_verifies(
    built: dict[str, Project], nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(nothing_installed, "openocd", "** Verified OK **")
    project = built["nucleo_l4r5zi"]
    binary = project.elf.with_suffix(".bin").read_bytes()
    session = FakeSession(binary)
    calls = fake_pyocd(monkeypatch, session)
    assert flash(project)["tool"] == "pyocd"
    assert calls[0]["target_override"] == "stm32l4r5zitx" and calls[1] == (str(project.elf.with_suffix(".hex")), "hex")
    assert session.target.resets == 2
    fake_pyocd(monkeypatch, FakeSession(binary[:5000] + b"?" + binary[5001:]))
    with pytest.raises(AttendNetsError, match="flash at 0x08001000 does not hold"):
        flash(project)
    calls = fake_pyocd(monkeypatch, FakeSession(binary, identity=0x10006413))
    with pytest.raises(AttendNetsError, match="no STM32L4R5ZI"):
        flash(project)
    assert len(calls) == 1, "nothing is programmed"
    fake_pyocd(monkeypatch, None)
    with pytest.raises(AttendNetsError, match="finds no probe"):
        flash(project)


def test_pyocd_without_the_chips_pack_leaves_it_to_others(
    built: dict[str, Project], nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pyocd(monkeypatch, None, packs=("STM32F407VGTx",))
    with pytest.raises(AttendNetsError, match="Nothing here can flash") as caught:
        flash(built["nucleo_l4r5zi"])
    assert "pyocd pack install stm32l4r5zitx" in caught.value.hint
    install(nothing_installed, "openocd", "** Verified OK **")
    assert flash(built["nucleo_l4r5zi"])["tool"] == "openocd"
