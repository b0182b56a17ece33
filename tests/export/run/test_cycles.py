"""Estimated cycles: sequences counted by hand after Arm's manuals, and properties that hold for any code."""

import random
from dataclasses import replace

import pytest

from export.boards import default_board
from export.compile.code import operations
from export.run import open_device
from export.run.cycles import CycleModel, cycle_model
from tests.support.toy_project import INPUT_BYTES, BuildToy

ADD_R0_R1, ADD_R2_R3, ADD_R2_R0 = "4408", "441a", "4402"
LDR_R0_R1, LDR_R2_R3, LDR_R1_R0, LDR_LITERAL, LDRD = "6808", "681a", "6801", "4802", "e9d20100"
STR, STR_INDEXED, PUSH_2, POP_2 = "6008", "5088", "b510", "bd10"
SMLAD_R0, SMLAD_R3, SMLAL, UDIV = "fb210002", "fb213302", "fbc23401", "fbb1f0f2"
IT, MOV, NOP, BNE, BIC = "bfc8", "4608", "bf00", "d1fc", "ea210002"
ALL = (ADD_R0_R1, ADD_R2_R3, ADD_R2_R0, LDR_R0_R1, LDR_R2_R3, LDR_R1_R0, LDR_LITERAL, LDRD, STR, STR_INDEXED, PUSH_2, SMLAD_R0)
ALL += (SMLAD_R3, SMLAL, UDIV, MOV, NOP, BIC)
LOOP = 'for (unsigned turns = (uint8_t)toy_input[0]; turns; turns--) { __asm__ volatile("nop"); }'


def model_of(core: str) -> CycleModel:
    model = cycle_model(core)
    assert model is not None
    return model


def code(*halfwords: str) -> bytes:
    """Instructions from their halfwords as the manual prints them."""
    text = "".join(halfwords)
    return b"".join(bytes.fromhex(text[i : i + 4])[::-1] for i in range(0, len(text), 4))


def cycles(core: str, *instructions: str) -> int:
    return model_of(core).block(operations(code(*instructions), 0x1000))


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m33"])
@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ((ADD_R0_R1, SMLAD_R0, SMLAL, NOP), 4),
        ((LDR_R0_R1,), 2),
        ((LDR_R0_R1, LDR_R2_R3), 3),
        ((LDR_R0_R1, LDR_R1_R0), 4),
        ((LDR_R0_R1, ADD_R0_R1, LDR_R2_R3), 5),
        ((STR,), 1),
        ((STR_INDEXED,), 2),
        ((LDR_R2_R3, STR_INDEXED), 4),
        ((LDR_R0_R1, STR_INDEXED), 3),
        ((LDRD, LDRD), 6),
        ((PUSH_2, POP_2), 6),
        ((UDIV,), 7),
        ((NOP, IT, MOV), 2),
        ((SMLAD_R0, IT, MOV), 3),
        ((BNE,), 1),
    ],
)
def test_single_issue_counted_by_hand(core: str, instructions: tuple[str, ...], expected: int) -> None:
    assert cycles(core, *instructions) == expected


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ((ADD_R0_R1, ADD_R2_R3), 1),
        ((ADD_R0_R1, ADD_R2_R0), 2),
        ((LDR_R0_R1, ADD_R2_R3), 1),
        ((LDR_R0_R1, ADD_R2_R0), 3),
        ((LDR_R0_R1, LDR_R2_R3), 2),
        ((SMLAD_R0, SMLAD_R3), 2),
        ((SMLAD_R0, SMLAD_R0), 2),
        ((SMLAD_R0, ADD_R2_R0), 3),
        ((SMLAD_R0, LDR_R2_R3), 1),
        ((LDRD,), 1),
        ((UDIV, ADD_R2_R3), 8),
        ((ADD_R0_R1, BNE), 1),
        ((BIC, BNE), 1),
    ],
)
def test_dual_issue_counted_by_hand(instructions: tuple[str, ...], expected: int) -> None:
    assert cycles("cortex-m7", *instructions) == expected


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m7"])
def test_literals_and_jumps_wait_for_the_flash(core: str) -> None:
    model = model_of(core)
    slow = replace(model, wait_states=5)
    block = operations(code(LDR_LITERAL), 0x1000)
    assert slow.block(block) == model.block(block) + 5
    assert slow.jump(block, 0x1000) == model.jump(block, 0x1000) + 5


def test_a_jump_into_a_straddling_instruction_fetches_twice() -> None:
    model, block = model_of("cortex-m4"), operations(code(SMLAD_R0), 0)
    assert model.jump(block, 0x1002) == model.jump(block, 0x1000) + 1


@pytest.mark.parametrize("seed", range(20))
def test_bounds_of_random_code(seed: int) -> None:
    generator = random.Random(seed)
    chosen = generator.choices(ALL, k=generator.randrange(1, 60))
    block = operations(code(*chosen), 0x1000)
    assert len(block) == len(chosen)
    assert model_of("cortex-m4").block(block) >= len(block)
    assert model_of("cortex-m7").block(block) * 2 >= len(block)
    for core in ("cortex-m4", "cortex-m7"):
        costs = [replace(model_of(core), wait_states=states).block(block) for states in range(4)]
        assert costs == sorted(costs)


def test_registers_that_the_disassembler_forgets() -> None:
    """A long multiplication reads the sum it adds to; PKHBT and SSAT their last register."""
    smlal, smlal_again = operations(code(SMLAL, SMLAL), 0)
    assert smlal.writes <= smlal_again.reads
    (add,) = operations(code(ADD_R2_R0), 0)
    pkhbt, ssat = operations(code("eac14002", "f3020007"), 0)
    assert len(pkhbt.reads) == 2
    assert add.writes <= pkhbt.reads
    assert add.writes <= ssat.reads


def test_unknown_instructions_take_a_cycle() -> None:
    assert cycles("cortex-m33", NOP, "f00ec001", NOP) == 3


@pytest.mark.parametrize("core", ["cortex-m4", "cortex-m33", "cortex-m7"])
def test_a_run_is_estimated(build_toy: BuildToy, core: str) -> None:
    board = default_board(core)
    elf = build_toy(core, "gcc", fold_extra=LOOP).elf
    with open_device("unicorn", elf, board) as device:
        first, second, again = (device.infer(bytes([turns]) + bytes(INPUT_BYTES - 1)) for turns in (3, 4, 3))
    assert first.instructions and second.instructions and first.estimated_cycles and second.estimated_cycles
    assert first.estimated_cycles == sum(first.estimated_layers.values()) == again.estimated_cycles
    assert list(first.estimated_layers) == list(first.layers)
    assert first.estimated_ms == pytest.approx(first.estimated_cycles / board.clock_hz * 1000)
    assert "estimated" in first.cost()
    assert first.figures()["estimated_cycles"] == first.estimated_cycles
    if core == "cortex-m7":
        assert first.estimated_cycles * 2 >= first.instructions
    else:
        assert first.estimated_cycles >= first.instructions
        turn = second.estimated_cycles - first.estimated_cycles - (second.instructions - first.instructions)
        assert turn in (1, 2), "one more turn of the loop is one more taken branch"


def test_no_estimate_without_a_model(build_toy: BuildToy) -> None:
    elf = build_toy("cortex-m0", "gcc").elf
    with open_device("unicorn", elf, default_board("cortex-m0")) as device:
        reply = device.infer(bytes(INPUT_BYTES))
    assert reply.estimated_cycles is None
    assert not any("estimated" in name for name in reply.figures())
    assert "cycles" not in reply.cost()
