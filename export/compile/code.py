"""Machine code of a linked program: its instructions and who calls whom. The only module that knows the disassembler."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

import capstone
from capstone import arm

from ..errors import AttendNetsError
from .elf import Image, Symbol

_INDIRECT = {arm.ARM_INS_BX, arm.ARM_INS_BLX}


def instructions(image: Image, function: Symbol) -> Iterator[capstone.CsInsn]:
    """The function's instructions in order of address, without literal pools and jump tables.

    Raises:
        AttendNetsError: something in it is no instruction.
    """
    starts = [start for start, _ in image.data_ranges]
    address, end = function.address, function.address + function.size
    while address < end:
        index = bisect_right(starts, address) - 1
        if index >= 0 and address < image.data_ranges[index][1]:
            address = image.data_ranges[index][1]
            continue
        stop = min(end, starts[index + 1]) if index + 1 < len(starts) else end
        for instruction in _decoder().disasm(image.read(address, stop - address), address):
            yield instruction
            address = instruction.address + instruction.size
        if address < stop:
            raise AttendNetsError(f"Function {function.name}: no instruction at 0x{address:08x}.", "Use another compiler.")


def calls_through_pointer(instruction: capstone.CsInsn) -> bool:
    """Whether it calls, or jumps to another function, at an address in a register. (Jump tables use other instructions.)"""
    if instruction.id not in _INDIRECT:
        return False
    (operand,) = instruction.operands
    return bool(operand.type == arm.ARM_OP_REG and operand.reg != arm.ARM_REG_LR)


def target_of(image: Image, function: Symbol, instruction: capstone.CsInsn) -> Symbol | None:
    """The function that an instruction of ``function`` calls or, as its last act, jumps to.

    Raises:
        AttendNetsError: there is no function at the target.
    """
    call = instruction.group(capstone.CS_GRP_CALL)
    operands = instruction.operands
    if not (call or instruction.group(capstone.CS_GRP_JUMP)) or operands[-1].type != arm.ARM_OP_IMM:
        return None
    address = operands[-1].imm & 0xFFFFFFFE
    if not call and function.address <= address < function.address + function.size:
        return None
    return function_at(image, address)


def function_at(image: Image, address: int) -> Symbol:
    """The function that contains ``address``.

    Raises:
        AttendNetsError: there is none.
    """
    function = image.function_at(address)
    if function is None:
        raise AttendNetsError(f"The firmware jumps to 0x{address:08x}, where no function is.", "Use another compiler.")
    return function


def callees(image: Image, function: Symbol) -> list[Symbol]:
    """The functions that ``function`` calls by name, in order of the calls."""
    targets = (target_of(image, function, instruction) for instruction in instructions(image, function))
    return list(dict.fromkeys(target for target in targets if target is not None))


@cache
def _decoder() -> capstone.Cs:
    decoder = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)
    decoder.detail = True
    return decoder
