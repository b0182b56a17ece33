"""The clocks and baud rates that boards claim, worked out from what their setup writes, by the clock trees of the chips' manuals.

Without the hardware this is the proof that there is: it knows the registers' fields, and nothing of the comments in the board files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from export.boards import Board, board_names, load_board

MHZ = 1_000_000


@dataclass(frozen=True)
class Registers:
    """What registers hold after setup, started from zero; where reset values matter, the decoders say so."""

    values: dict[int, int]

    def field(self, address: int, high: int, low: int) -> int:
        return (self.values.get(address, 0) >> low) & ((1 << (high - low + 1)) - 1)


def after_setup(board: Board) -> Registers:
    values: dict[int, int] = {}
    for operation in board.setup:
        value = values.get(operation.at, 0)
        if operation.write is not None:
            value = operation.write
        elif operation.set is not None:
            value |= operation.set
        elif operation.clear is not None:
            value &= ~operation.clear
        elif operation.modify is not None:
            value = (value & ~operation.modify.clear) | operation.modify.set
        values[operation.at] = value
    return Registers(values)


@dataclass(frozen=True)
class Clocks:
    """Hz of the core and of the serial port, and the divisor by which the port makes its baud rate of that clock."""

    core: float
    uart: float
    divisor: float


def ahb_divisor(code: int) -> int:
    return {0: 1, 8: 2, 9: 4, 10: 8, 11: 16, 12: 64, 13: 128, 14: 256, 15: 512}[code]


def apb_divisor(code: int) -> int:
    return {0: 1, 4: 2, 5: 4, 6: 8, 7: 16}[code]


def stm32f4_f7(crystal: float, most: tuple[float, float, float], apb: int) -> Callable[[Board, Registers], Clocks]:
    """RCC and FLASH of the F4 and F7: most are the limits of the core, APB1 and APB2; ``apb`` is where the serial port is."""

    def decode(board: Board, registers: Registers) -> Clocks:
        rcc, flash = 0x40023800, 0x40023C00
        assert registers.field(rcc + 4, 22, 22) == 1, "the PLL runs from HSE"
        assert registers.field(rcc, 16, 16) and registers.field(rcc, 24, 24), "HSE and PLL are on"
        source = crystal / registers.field(rcc + 4, 5, 0)
        vco = source * registers.field(rcc + 4, 14, 6)
        assert 1 * MHZ <= source <= 2 * MHZ and 100 * MHZ <= vco <= 432 * MHZ
        assert registers.field(rcc + 8, 1, 0) == 2, "the system runs from the PLL"
        core = vco / (2 * registers.field(rcc + 4, 17, 16) + 2) / ahb_divisor(registers.field(rcc + 8, 7, 4))
        buses = [core / apb_divisor(registers.field(rcc + 8, high, low)) for high, low in ((12, 10), (15, 13))]
        assert core <= most[0] and buses[0] <= most[1] and buses[1] <= most[2]
        assert registers.field(flash, 3, 0) >= core / (30 * MHZ) - 1, "30 MHz a wait state at 2.7 to 3.6 V"
        if core > 168 * MHZ:
            assert registers.field(0x40007000, 17, 16) == 3, "over-drive on, and switched to"
            assert registers.field(0x40007000, 15, 14) == 3, "voltage scale 1"
        brr = board.uart.base + (8 if board.renode.uart == "UART.STM32_UART" else 12)
        return Clocks(core, buses[apb - 1], registers.values[brr])

    return decode


def stm32l4_l5(wait_state: float, vco_most: float) -> Callable[[Board, Registers], Clocks]:
    """RCC of the L4, L4+ and L5, running from HSI16, with LPUART1 on PCLK1."""

    def decode(board: Board, registers: Registers) -> Clocks:
        rcc = 0x40021000
        assert registers.field(rcc + 12, 1, 0) == 2 and registers.field(rcc, 8, 8), "the PLL runs from HSI16"
        source = 16 * MHZ / (registers.field(rcc + 12, 7, 4) + 1)
        vco = source * registers.field(rcc + 12, 14, 8)
        assert 4 * MHZ <= source <= 16 * MHZ and 64 * MHZ <= vco <= vco_most
        assert registers.field(rcc + 12, 24, 24) and registers.field(rcc, 24, 24), "output R and the PLL are on"
        assert registers.field(rcc + 8, 1, 0) == 3, "the system runs from the PLL"
        core = vco / (2 * registers.field(rcc + 12, 26, 25) + 2) / ahb_divisor(registers.field(rcc + 8, 7, 4))
        assert registers.field(rcc + 8, 13, 8) == 0, "APB1 and APB2 run at the core's clock"
        assert registers.field(0x40022000, 3, 0) >= core / wait_state - 1
        assert any(op.at == rcc + 8 and op.write is not None and op.write & 0xF0 == 0x80 for op in board.setup), (
            "switched at half speed"
        )
        assert registers.field(0x40007004, 9, 9), "port G is supplied"
        return Clocks(core, core, registers.values[board.uart.base + 12] / 256)

    return decode


def stm32u5(board: Board, registers: Registers) -> Clocks:
    rcc, pwr = 0x46020C00, 0x46020800
    assert registers.field(rcc + 0x28, 1, 0) == 2 and registers.field(rcc, 8, 8), "PLL1 runs from HSI16"
    source = 16 * MHZ / (registers.field(rcc + 0x28, 11, 8) + 1)
    assert registers.field(rcc + 0x28, 3, 2) == 0 and 4 * MHZ <= source <= 8 * MHZ, "the input range that is said"
    vco = source * (registers.field(rcc + 0x34, 8, 0) + 1)
    assert 128 * MHZ <= vco <= 544 * MHZ and registers.field(rcc + 0x28, 18, 18)
    core = vco / (registers.field(rcc + 0x34, 30, 24) + 1)
    assert registers.field(rcc + 0x1C, 1, 0) == 3 and registers.field(rcc + 0x20, 11, 0) == 0, "from PLL1, no bus divided"
    assert registers.field(pwr + 12, 17, 16) == 3 and registers.field(pwr + 12, 18, 18), "range 1 and booster"
    assert registers.field(rcc + 0x28, 15, 12) == 0, "the booster's clock is HSI16: 4 to 16 MHz"
    assert registers.field(0x40022000, 3, 0) >= core / (32 * MHZ) - 1
    return Clocks(core, core, registers.values[board.uart.base + 12])


def stm32h7(board: Board, registers: Registers) -> Clocks:
    rcc = 0x58024400
    assert registers.field(rcc + 0x28, 1, 0) == 2 and registers.field(rcc, 18, 16) == 5, "the PLLs run from HSE, bypassed"
    source = 8 * MHZ / registers.field(rcc + 0x28, 9, 4)
    assert registers.field(rcc + 0x2C, 3, 2) == 1 and 2 * MHZ <= source <= 4 * MHZ, "the input range that is said"
    assert registers.field(rcc + 0x2C, 1, 1) == 0 and registers.field(rcc + 0x2C, 16, 16) == 1
    vco = source * (registers.field(rcc + 0x30, 8, 0) + 1)
    assert 192 * MHZ <= vco <= 836 * MHZ
    core = vco / (registers.field(rcc + 0x30, 15, 9) + 1)
    assert core <= 400 * MHZ, "voltage scale 1 on any revision"
    assert registers.field(rcc + 0x10, 2, 0) == 3 and registers.field(rcc + 0x18, 11, 8) == 0
    bus = core / ahb_divisor(registers.field(rcc + 0x18, 3, 0))
    assert bus <= 200 * MHZ and registers.field(0x52002000, 5, 0) == 0x22, "2 wait states up to 210 MHz"
    for address, high, low in ((0x18, 6, 4), (0x1C, 6, 4), (0x1C, 10, 8), (0x20, 6, 4)):
        assert bus / apb_divisor(registers.field(rcc + address, high, low)) <= 100 * MHZ
    return Clocks(core, bus / apb_divisor(registers.field(rcc + 0x1C, 6, 4)), registers.values[board.uart.base + 12])


def stm32f0(board: Board, registers: Registers) -> Clocks:
    rcc = 0x40021000
    assert registers.field(rcc + 4, 16, 15) == 0, "the PLL runs from HSI / 2"
    core = 8 * MHZ / 2 * (registers.field(rcc + 4, 21, 18) + 2)
    assert core <= 48 * MHZ and registers.field(rcc + 4, 1, 0) == 2 and registers.field(rcc + 4, 10, 4) == 0
    assert registers.field(0x40022000, 2, 0) >= 1, "more than 24 MHz"
    assert board.counter.hz == core, "TIM2 at the core's clock"
    return Clocks(core, core, registers.values[board.uart.base + 12])


def raspberry(clocks: int, pll: int, most: float) -> Callable[[Board, Registers], Clocks]:
    def decode(board: Board, registers: Registers) -> Clocks:
        vco = 12 * MHZ / registers.field(pll, 5, 0) * registers.field(pll + 8, 11, 0)
        assert 750 * MHZ <= vco <= 1600 * MHZ
        core = vco / registers.field(pll + 12, 18, 16) / registers.field(pll + 12, 14, 12)
        assert core <= most and registers.field(clocks + 0x3C, 7, 0) == 1, "the system runs from PLL_SYS"
        assert registers.field(clocks + 0x48, 11, 5) == 0x40, "the UART runs from the system clock"
        divisor = registers.field(board.uart.base + 0x24, 15, 0) + registers.field(board.uart.base + 0x28, 5, 0) / 64
        return Clocks(core, core, 16 * divisor)

    return decode


def ra8m1(board: Board, registers: Registers) -> Clocks:
    """PLL1 P drives the system; the SCI runs from PCLKA, doubled base clock: 16 PCLKA a bit and unit."""
    system = 0x4001E000
    assert registers.field(system + 0x28, 4, 4) == 0 and registers.field(system + 0x32, 0, 0) == 0, "PLL1 from the crystal, on"
    source = 20 * MHZ / (registers.field(system + 0x28, 1, 0) + 1)
    vco = source * (registers.field(system + 0x28, 15, 8) + 1 + registers.field(system + 0x28, 7, 6) / 4)
    assert 8 * MHZ <= source <= 24 * MHZ and 640 * MHZ <= vco <= 1440 * MHZ and registers.field(system + 0x2A, 0, 0) == 0
    pll = vco / (registers.field(system + 0x4C, 3, 0) + 1)
    assert registers.field(system + 0x26, 2, 0) == 5
    core = pll / 2 ** registers.field(system + 0x24, 3, 0)
    most = {28: 60, 24: 240, 20: 240, 16: 120, 12: 120, 8: 60, 4: 60, 0: 120}
    buses = {bit: pll / 2 ** registers.field(system + 0x20, bit + 3, bit) for bit in most}
    assert core <= 480 * MHZ and all(hz <= most[bit] * MHZ for bit, hz in buses.items())
    assert registers.field(0x4001C11C, 2, 0) >= buses[24] / (48 * MHZ) - 1, "48 MHz a wait state"
    assert registers.field(board.uart.base + 0x14, 7, 7) == 1 and registers.field(board.uart.base + 0x10, 6, 4) == 1
    return Clocks(core, buses[12], 16 * (registers.field(board.uart.base + 0x10, 15, 8) + 1))


def nrf52(board: Board, registers: Registers) -> Clocks:
    """The baud rate is a fraction of 2^32 of 16 MHz, rounded to 4 KHz: 115200 is 0x01D60000 by the specification's table."""
    assert registers.values[board.uart.base + 0x524] == 0x01D60000 and registers.values[board.uart.base + 0x500] == 8
    return Clocks(64 * MHZ, 16 * MHZ, 2**32 / 0x01D7DBF4)


CHIPS: dict[str, Callable[[Board, Registers], Clocks]] = {
    "STM32F407VG": stm32f4_f7(8 * MHZ, (168 * MHZ, 42 * MHZ, 84 * MHZ), 1),
    "STM32F446RE": stm32f4_f7(8 * MHZ, (180 * MHZ, 45 * MHZ, 90 * MHZ), 1),
    "STM32F746NG": stm32f4_f7(25 * MHZ, (216 * MHZ, 54 * MHZ, 108 * MHZ), 2),
    "STM32L4R5ZI": stm32l4_l5(20 * MHZ, 344 * MHZ),
    "STM32L552ZE": stm32l4_l5(20 * MHZ, 344 * MHZ),
    "STM32U575ZI": stm32u5,
    "STM32H743ZI": stm32h7,
    "STM32F072RB": stm32f0,
    "nRF52840": nrf52,
    "R7FA8M1AH": ra8m1,
    "RP2040": raspberry(0x40008000, 0x40028000, 133 * MHZ),
    "RP2350": raspberry(0x40010000, 0x40050000, 150 * MHZ),
}
BOARDS = [name for name in board_names() if not name.startswith("mps")]


@pytest.mark.parametrize("name", BOARDS)
def test_clock_and_baud_rate_are_what_is_claimed(name: str) -> None:
    board = load_board(name)
    clocks = CHIPS[board.chip](board, after_setup(board))
    assert clocks.core == board.clock_hz
    assert abs(clocks.uart / clocks.divisor / board.uart.baud - 1) < 0.005


@pytest.mark.parametrize("name", BOARDS)
def test_wait_states_come_before_the_clock_that_needs_them(name: str) -> None:
    """And the PLL is awaited before the system runs from it."""
    registers = [operation.register_name for operation in load_board(name).setup]
    waits = [operation.register_name for operation in load_board(name).setup if operation.wait]
    assert waits, "no clock starts at once"
    if "FLASH_ACR" in registers:
        switch = max(
            i for i, operation in enumerate(load_board(name).setup) if operation.wait and "CFGR" in operation.register_name
        )
        assert registers.index("FLASH_ACR") < switch
