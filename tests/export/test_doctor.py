"""The doctor sees what is there, says how to get what is not, and loads none of it."""

import configparser
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from export import doctor
from export.doctor import diagnose


def test_everything_is_listed_with_its_use_and_its_source() -> None:
    tools = {tool.name: tool for tool in diagnose()}
    assert tools["numpy"].found and re.match(r"\d+\.", tools["numpy"].version)
    assert {"arm-none-eabi-gcc", "ziglang", "host C compiler", "qemu-system-arm", "renode", "make"} <= tools.keys()
    assert all(tool.enables and tool.install for tool in tools.values())
    assert all(tool.found or not tool.version for tool in tools.values())


def test_every_dependency_is_listed() -> None:
    setup = configparser.ConfigParser()
    setup.read(Path(__file__).parents[2] / "setup.cfg")
    lines = setup["options"]["install_requires"] + setup["options.extras_require"]["train"]
    wanted = {re.split(r"[<>=!~\[]", line)[0].strip() for line in lines.splitlines() if line.strip()}
    assert wanted <= {tool.name for tool in diagnose()}


def test_missing_things_are_reported_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise doctor.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setenv("PATH", "")
    assert not any(tool.found or tool.version for tool in diagnose())


def test_it_is_fast_and_loads_nothing_heavy() -> None:
    code = "import sys; from export.doctor import diagnose; diagnose(); print(*sys.modules)"
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert time.monotonic() - start < 5, "a second on a machine at rest"
    assert not {"tensorflow", "numpy", "unicorn", "yaml"} & set(done.stdout.split())
