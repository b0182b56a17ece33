"""Targets: every file is valid, its flags name its core, and unknown names get the nearest."""

import pytest
from unicorn import arm_const

from export.boards import default_board
from export.errors import InputError
from export.targets import load_target, target_names

FLAGS = {
    "cortex-m85": ("-march=armv8.1-m.main", "-mcpu=cortex_m85"),  # GCC 12 does not know the core by its name
    "cortex-m55-nomve": ("-mcpu=cortex-m55+nomve", "-mcpu=cortex_m55"),
}


@pytest.mark.parametrize("name", target_names())
def test_every_target_loads(name: str) -> None:
    target = load_target(name)
    assert target.name == name
    assert default_board(name).target == target
    assert target.unicorn_cpu is None or hasattr(arm_const, f"UC_CPU_ARM_{target.unicorn_cpu.upper()}")
    for kind, core in zip(("gcc", "zig"), FLAGS.get(name, (f"-mcpu={name}", f"-mcpu={name.replace('-', '_')}")), strict=True):
        flags = target.flags(kind)
        for command in (flags.compile, flags.link):
            assert any(flag.startswith(core) for flag in command) and "-O2" in command


def test_the_cores_are_there() -> None:
    assert [f"cortex-{core}" for core in ("m0", "m0plus", "m3", "m33", "m4", "m55", "m55-nomve", "m7", "m85")] == target_names()


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(InputError, match="no target 'cortexm4'") as caught:
        load_target("cortexm4")
    assert "Did you mean cortex-m" in caught.value.hint and "cortex-m0, " in caught.value.hint
    with pytest.raises(InputError) as caught:
        load_target("zzz")
    assert caught.value.hint.startswith("Targets: ")
