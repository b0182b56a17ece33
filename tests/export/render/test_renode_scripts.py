"""Scripts for Renode: as committed, right by all that is known of Renode, and right for what they load.

After a wanted change: ``pytest tests/export/render/test_renode_scripts.py --rewrite-golden``.
"""

from pathlib import Path

import pytest

from attendnets_tf.pretrained import bundled_model
from export.boards import board_names, load_board
from export.build import build
from export.compile.elf import load_image
from export.render import renode_files
from tests.support.renode_scripts import check_platform, check_robot, check_script, regions_of

GOLDEN = Path(__file__).parents[2] / "golden" / "renode"
COMMITTED = (
    "mps3_an547_nomve",
    "nrf52840_dk",
    "nucleo_l552ze_q",
    "raspberry_pi_pico",
    "stm32f072_discovery",
    "stm32f407_discovery",
    "stm32f746_discovery",
)


def scripts(name: str) -> dict[str, str]:
    return renode_files(load_board(name), "model", "0123abcd", 0x89ABCDEF)


@pytest.mark.parametrize("name", COMMITTED)
def test_scripts_are_the_committed_ones(name: str, request: pytest.FixtureRequest) -> None:
    for file, text in scripts(name).items():
        if request.config.getoption("--rewrite-golden"):
            (GOLDEN / file).write_text(text, encoding="utf-8")
        assert (GOLDEN / file).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", board_names())
def test_scripts_keep_the_rules(name: str) -> None:
    found = scripts(name)
    check_platform(found[f"{name}.repl"], None)
    check_script(found[f"{name}.resc"], is_demo=False)
    check_script(found[f"{name}_demo.resc"], is_demo=True)
    check_robot(found[f"{name}.robot"])
    board = load_board(name)
    assert [(r.address, r.size) for r in regions_of(found[f"{name}.repl"])] == [
        (m.address, m.bytes) for m in (board.flash, *board.ram)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("READY model", "READY=model"),
        ("    timeout=120", ""),
        ("sysbus.uart", "uart"),
        ("PASS: ", ""),
        ("    FAIL: ", "    "),
        ("defaultPauseEmulation=True", ""),
    ],
)
def test_the_checker_sees_broken_tests(old: str, new: str) -> None:
    robot = scripts("nrf52840_dk")["nrf52840_dk.robot"]
    assert old in robot
    with pytest.raises((AssertionError, StopIteration)):
        check_robot(robot.replace(old, new))


def test_the_program_lies_in_the_memories(tmp_path: Path) -> None:
    built = build(bundled_model(), load_board("raspberry_pi_pico"), tmp_path / "out")
    folder = tmp_path / "out" / "renode"
    platform = (folder / "raspberry_pi_pico.repl").read_text()
    image = load_image(built.firmware.elf)
    check_platform(platform, image)
    assert f"VectorTableOffset 0x{image.value('an_vectors'):08X}" in (folder / "raspberry_pi_pico.resc").read_text()
    assert f"crc {built.report()['self_test']['crc']} " in (folder / "raspberry_pi_pico.robot").read_text()
    with pytest.raises(AssertionError):
        check_platform(platform.replace("size: 0x42000", "size: 0x2000"), image)
