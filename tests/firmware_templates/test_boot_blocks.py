"""What the boot ROMs of the RP2040 and RP2350 want before they start a program."""

import pytest
import unicorn
from unicorn import arm_const

from export.boards import load_board
from export.build import build
from export.compile.elf import Image, load_image
from tests.support.small_model import PATH

FLASH, SSI, PRIVATE = 0x10000000, 0x18000000, 0xE000E000


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    folder = tmp_path_factory.mktemp("boot")
    names = ("raspberry_pi_pico", "raspberry_pi_pico_2")
    return {name: load_image(build(PATH, load_board(name), folder / name).firmware.elf) for name in names}


def crc32_mpeg(data: bytes) -> int:
    """Most significant bit first, from all ones, as long division: RP2040 Datasheet, section 2.8.1.3.1."""
    remainder = int.from_bytes(data, "big") << 32 ^ 0xFFFFFFFF << 8 * len(data)
    for bit in reversed(range(32, 32 + 8 * len(data))):
        if remainder >> bit & 1:
            remainder ^= 0x104C11DB7 << bit - 32
    return remainder


def test_the_division_is_the_published_one() -> None:
    assert crc32_mpeg(b"123456789") == 0x0376E6E7


def test_the_second_stage_carries_its_crc(images: dict[str, Image]) -> None:
    image = images["raspberry_pi_pico"]
    stage = image.read(FLASH, 256)
    assert int.from_bytes(stage[252:], "little") == crc32_mpeg(stage[:252])
    assert image.value("an_vectors") == FLASH + 0x100


def test_the_second_stage_enters_the_program(images: dict[str, Image]) -> None:
    """As the boot ROM runs it: copied to RAM. It sets the flash interface up while that is off, and jumps through the vector table."""
    image = images["raspberry_pi_pico"]
    emulator = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    emulator.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M0)
    stores: list[tuple[int, int]] = []
    emulator.mem_map(FLASH, 0x200000)
    emulator.mem_map(0x20000000, 0x42000)
    emulator.mem_map(PRIVATE, 0x1000)
    emulator.mmio_map(
        SSI, 0x1000, lambda *read: 0, None, lambda uc, offset, size, value, user: stores.append((offset, value)), None
    )
    emulator.mem_write(FLASH, image.read(FLASH, 0x140))
    emulator.mem_write(0x20041F00, image.read(FLASH, 256))
    stack, reset = (int.from_bytes(image.read(FLASH + 0x100 + offset, 4), "little") for offset in (0, 4))
    emulator.emu_start(0x20041F00 | 1, reset & ~1, count=100)
    assert emulator.reg_read(arm_const.UC_ARM_REG_PC) == reset & ~1
    assert emulator.reg_read(arm_const.UC_ARM_REG_SP) == stack
    assert int.from_bytes(emulator.mem_read(PRIVATE + 0xD08, 4), "little") == FLASH + 0x100
    enable = 0x08
    assert stores[0] == (enable, 0) and stores[-1] == (enable, 1)
    assert dict(stores[1:-1]) == {0x14: 8, 0x00: 31 << 16 | 3 << 8, 0x04: 0, 0xF4: 0x03 << 24 | 2 << 8 | 6 << 2}


def test_the_image_definition_is_a_block(images: dict[str, Image]) -> None:
    """RP2350 Datasheet, section 5.9: markers around items whose lengths add up, alone in its loop, in the first 4 KB."""
    image = images["raspberry_pi_pico_2"]
    start = image.value("an_image_definition")
    words = [int.from_bytes(image.read(start + 4 * i, 4), "little") for i in range(5)]
    assert start >= FLASH and start + 20 <= FLASH + 4096
    assert words[0] == 0xFFFFDED3 and words[4] == 0xAB123579
    kind, length, flags = words[1] & 0xFF, words[1] >> 8 & 0xFF, words[1] >> 16
    assert (kind, length) == (0x42, 1) and flags == 1 | 2 << 4 | 0 << 8 | 1 << 12, "executable, secure, Arm, RP2350"
    assert words[2] == 0xFF | length << 8, "the last item: how many words there were"
    assert words[3] == 0, "the next block is this one"
    assert image.value("an_vectors") == FLASH
