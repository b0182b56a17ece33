"""Checks scripts for Renode against what is known to go wrong with them; no Renode is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from export.compile.elf import Image

UART = "sysbus.uart"


@dataclass(frozen=True)
class Region:
    name: str
    address: int
    size: int


def regions_of(platform: str) -> list[Region]:
    """The memories of a platform description."""
    found = re.findall(r"^(\w+): Memory\.MappedMemory @ sysbus (0x\w+)\n    size: (0x\w+)$", platform, re.MULTILINE)
    return [Region(name, int(address, 16), int(size, 16)) for name, address, size in found]


def check_platform(platform: str, image: Image | None) -> None:
    """Nothing is fetched; names are unique; everything that the program loads or reserves lies inside a memory."""
    assert not re.search(r"svd|http|using", platform, re.IGNORECASE), "it would need the network, or another file"
    names = re.findall(r"^(\w+):", platform, re.MULTILINE)
    assert len(set(names)) == len(names) and {"cpu", "nvic", "uart"} <= set(names)
    assert all(len(line) - len(line.lstrip(" ")) in (0, 4, 8) and "\t" not in line for line in platform.splitlines())
    assert re.search(r'cpuType: "cortex-m(0|0\+|3|4|7|33|55|85)"', platform), "Renode has no such core"
    regions = sorted(regions_of(platform), key=lambda region: region.address)
    assert len(regions) >= 2
    assert all(a.address + a.size <= b.address for a, b in pairwise(regions)), "memories overlap"
    if image:
        pieces = [(segment.address, len(segment.data)) for segment in image.segments]
        pieces += [(section.address, section.size) for section in image.sections.values() if section.size]
        for address, size in pieces:
            assert any(r.address <= address and address + size <= r.address + r.size for r in regions), hex(address)


def check_script(script: str, is_demo: bool) -> None:
    """Paths are relative to the script; no window is opened; one that runs by itself waits and then quits."""
    commands = [line for line in script.splitlines() if line and not line.startswith((":", "#"))]
    for line in commands:
        for path in re.findall(r"\S+\.(?:repl|resc|elf|log)\b", line):
            assert path.startswith("$ORIGIN/"), path
    assert not any("showAnalyzer" in line or line.startswith("start") for line in commands)
    if is_demo:
        assert re.fullmatch(r'emulation RunFor "\d+"', commands[-2]) and commands[-1] == "quit"
        first = next(i for i, line in enumerate(commands) if "WriteChar" in line)
        assert commands[first - 1].startswith("emulation RunFor"), "what arrives before the port is on is lost"
        assert all(line.startswith(f"{UART} WriteChar 0x") for line in commands if "WriteChar" in line)
    else:
        order = ["mach create", "LoadPlatformDescription", "LoadELF", "VectorTableOffset"]
        places = [next(i for i, line in enumerate(commands) if word in line) for word in order]
        assert places == sorted(places) and "quit" not in commands


def check_robot(robot: str) -> None:
    """Full paths of ports, a time limit on every wait, nothing that reads like a named argument, READY first, PASS and FAIL."""
    assert f"${{UART}}           {UART}\n" in robot and "[Timeout]" in robot
    body = robot.partition("*** Test Cases ***")[2]
    lines = [re.split(r" {2,}", line.strip()) for line in body.splitlines() if line.strip()]
    waits = [cells[cells.index("Wait For Line On Uart") + 1 :] for cells in lines if "Wait For Line On Uart" in cells]
    assert len(waits) == 3 and waits[0][0].startswith("READY ")
    for text, *options in waits:
        assert "=" not in text, "the keyword would take it for a named argument"
        assert [option for option in options if re.fullmatch(r"timeout=\d+", option)]
    keywords = [cell for cells in lines for cell in cells]
    assert keywords.index(waits[0][0]) < next(i for i, cell in enumerate(keywords) if "WriteChar" in cell)
    tester = next(cells for cells in lines if cells[0] == "Create Terminal Tester")
    assert tester[1] == "${UART}" and "defaultPauseEmulation=True" in tester and any("timeout=" in cell for cell in tester)
    assert any(cell.startswith("PASS: ") for cell in keywords) and any(cell.startswith("FAIL: ") for cell in keywords)
    assert not re.search(r"svd|https?:", robot, re.IGNORECASE)
