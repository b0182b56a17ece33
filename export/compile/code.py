"""Machine code of a linked program: its instructions and who calls whom. The only module that knows the disassembler."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import capstone
from capstone import arm

from ..errors import AttendNetsError
from .elf import Image, Symbol

_RETURNS = {arm.ARM_INS_POP, arm.ARM_INS_LDM}
_STACK = ("push", "pop", "vpush", "vpop")
_TABLE_JUMPS = {arm.ARM_INS_TBB, arm.ARM_INS_TBH}


@dataclass(frozen=True)
class Operation:
    """What a pipeline sees of an instruction: numbers of registers, the flags among them.

    ``name`` is without condition and width. Where it accesses memory: ``address`` are the registers that say where, ``indexed`` if one
    of them is an index; ``moved`` counts the registers that are loaded or stored; ``literal``: the address is relative to the program.
    """

    name: str
    size: int
    reads: frozenset[int] = frozenset()
    writes: frozenset[int] = frozenset()
    address: frozenset[int] = frozenset()
    moved: int = 0
    indexed: bool = False
    literal: bool = False


def operations(code: bytes, address: int) -> list[Operation]:
    """The instructions in ``code``. One that the disassembler does not know has no name."""
    found: list[Operation] = []
    offset = 0
    while offset < len(code):
        for instruction in _decoder().disasm(code[offset:], address + offset):
            found.append(_operation(instruction))
            offset += instruction.size
        if offset < len(code):
            size = instruction_bytes(code, offset)
            found.append(Operation("", size))
            offset += size
    return found


def instruction_bytes(code: bytes, offset: int) -> int:
    """2 or 4: the first five bits of a Thumb instruction tell (Armv7-M manual, A5.1)."""
    return 4 if code[offset + 1] >> 3 in (0b11101, 0b11110, 0b11111) else 2


def _operation(instruction: capstone.CsInsn) -> Operation:
    name = instruction.insn_name()
    operands = instruction.operands
    read, written = instruction.regs_access()
    registers = [operand for operand in operands if operand.type == arm.ARM_OP_REG]
    # The disassembler forgets some registers that are read, and both that a long multiplication adds to
    accumulates = name.startswith(("smlal", "smlsl", "umlal", "umaal"))
    reads = {*read, *(operand.reg for operand in registers if accumulates or not operand.access & capstone.CS_AC_WRITE)}
    memory = [operand.mem for operand in operands if operand.type == arm.ARM_OP_MEM]
    pointers = {register for place in memory for register in (place.base, place.index) if register}
    several = name.startswith(("ldm", "stm", "vldm", "vstm"))
    if several or name in _STACK:
        pointers = {registers[0].reg if several else arm.ARM_REG_SP}
    return Operation(
        name,
        instruction.size,
        frozenset(reads),
        frozenset(written),
        frozenset(pointers),
        len(registers) - several if pointers else 0,
        any(place.index for place in memory),
        arm.ARM_REG_PC in pointers,
    )


def instructions(image: Image, function: Symbol) -> Iterator[capstone.CsInsn]:
    """The function's instructions in order of address, without literal pools, jump tables, and what only Armv8.1-M has.

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
            if not _is_of_armv8_1m(image.read(address, min(4, stop - address))):
                raise AttendNetsError(f"Function {function.name}: no instruction at 0x{address:08x}.", "Use another compiler.")
            address += 4


def _is_of_armv8_1m(code: bytes) -> bool:
    """Whether the disassembler does not know an instruction only because it is of Armv8.1-M: a loop without overhead, a conditional
    select, or one of Helium's that leaves the stack pointer alone (Armv8-M Architecture Reference Manual, C2.3). None of them calls.
    """
    if len(code) < 4:
        return False
    first, second = (int.from_bytes(code[i : i + 2], "little") for i in (0, 2))
    is_loop = first & 0xFF80 == 0xF000 and second & 0xD001 == 0xC001
    is_select = first & 0xFFF0 == 0xEA50 and second & 0x8000 == 0x8000
    is_helium = first & 0xEC00 == 0xEC00
    moves_stack = first & 0xEE00 == 0xEC00 and first & 0x2F == 0x2D
    return is_loop or is_select or (is_helium and not moves_stack)


def calls_through_pointer(instruction: capstone.CsInsn) -> bool:
    """Whether it calls, or jumps to, an address that was computed. Returns and jump tables, which stay in the function, do not.

    On Armv6-M, which has no instruction for tables, clang adds a distance to the program counter.
    """
    if instruction.id in (arm.ARM_INS_BX, arm.ARM_INS_BLX):
        (operand,) = instruction.operands
        is_return = instruction.id == arm.ARM_INS_BX and operand.reg == arm.ARM_REG_LR
        return bool(operand.type == arm.ARM_OP_REG and not is_return)
    if instruction.id in _RETURNS | _TABLE_JUMPS or _is_direct(instruction):
        return False
    if instruction.id == arm.ARM_INS_ADD and instruction.operands[0].reg == arm.ARM_REG_PC:
        return False
    restores_from_stack = instruction.id == arm.ARM_INS_LDR and instruction.operands[1].mem.base == arm.ARM_REG_SP
    return arm.ARM_REG_PC in instruction.regs_access()[1] and not restores_from_stack


def _is_direct(instruction: capstone.CsInsn) -> bool:
    jumps = instruction.group(capstone.CS_GRP_CALL) or instruction.group(capstone.CS_GRP_JUMP)
    return bool(jumps and instruction.operands[-1].type == arm.ARM_OP_IMM)


def target_of(image: Image, function: Symbol, instruction: capstone.CsInsn) -> Symbol | None:
    """The function that an instruction of ``function`` calls or, as its last act, jumps to.

    Raises:
        AttendNetsError: there is no function at the target.
    """
    if not _is_direct(instruction):
        return None
    call = instruction.group(capstone.CS_GRP_CALL)
    address = instruction.operands[-1].imm & 0xFFFFFFFE
    # On Armv6-M, clang jumps further within a function than a branch reaches by what elsewhere is a call.
    first = function.address + (1 if call else 0)
    if first <= address < function.address + function.size:
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
