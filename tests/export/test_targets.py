"""Targets: every file is valid, and everything wrong with one is told."""

import pytest
from unicorn import arm_const

from export.errors import InputError
from export.targets import Memory, load_target, parse_target, target_names


@pytest.mark.parametrize("name", target_names())
def test_every_target_loads(name: str) -> None:
    target = default_board(name)
    assert target.name == name
    assert target.flash.bytes > 0 and target.ram.bytes > 0
    assert hasattr(arm_const, f"UC_CPU_ARM_{target.unicorn_cpu.upper()}")
    for kind, core in (("gcc", f"-mcpu={name}"), ("zig", f"-mcpu={name.replace('-', '_')}")):
        flags = target.flags(kind)
        assert core in flags.compile and core in flags.link and "-O2" in flags.compile


def test_the_four_cores_are_there() -> None:
    assert {"cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7"} <= set(target_names())
    assert default_board("cortex-m4").ram == Memory(0x20000000, 0x400000)


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(InputError, match="no target 'cortexm4'") as caught:
        default_board("cortexm4")
    assert "Did you mean cortex-m" in caught.value.hint and "cortex-m0, " in caught.value.hint
    with pytest.raises(InputError) as caught:
        default_board("zzz")
    assert caught.value.hint.startswith("Targets: ")


VALID = """
name: x
description: x
gcc_flags: [-mthumb]
zig_flags: [-mthumb]
unicorn_cpu: cortex_m4
qemu_machine: x
clock_hz: 1
flash: {address: 0, bytes: 1}
ram: {address: 0, bytes: 1}
uart: 0
timer: 0
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: x", "name: y", "calls itself 'y'"),
        ("uart: 0", "uarts: 0", "expected exactly the keys .* found .*uarts"),
        ("uart: 0", "", "expected exactly the keys"),
        ("uart: 0", "uart: '0'", "uart must be of type int, not '0'"),
        ("uart: 0", "uart: true", "uart must be of type int"),
        ("ram: {address: 0, bytes: 1}", "ram: {address: 0}", "x, ram: expected exactly the keys address, bytes"),
        ("gcc_flags: [-mthumb]", "gcc_flags: [1]", "gcc_flags must be a list of texts"),
        (VALID, "- x", "found no mapping"),
        (VALID, "{", "not valid YAML"),
    ],
)
def test_broken_files_are_told(old: str, new: str, message: str) -> None:
    parse_target("x", VALID)
    with pytest.raises(InputError, match=message):
        parse_target("x", VALID.replace(old, new))
