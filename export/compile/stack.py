"""Worst-case stack of a linked program, from its machine code.

Every function's frame is the sum of what its instructions push; the call graph has an edge for every ``bl`` and every branch that
leaves a function. Calls through pointers must be declared; recursion and frames of a size known only at run time are errors. So the
result is a bound, not an estimate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import capstone
from capstone import arm

from ..errors import AttendNetsError
from .code import calls_through_pointer, function_at, instructions, target_of
from .elf import Image, Symbol

_SYSTEM_VECTORS = 16
_HINT = "Write the function without recursion, variable-length arrays and function pointers."
_PUSHES = {arm.ARM_INS_PUSH, arm.ARM_INS_VPUSH}
_STORES_MULTIPLE = {arm.ARM_INS_STMDB, arm.ARM_INS_VSTMDB}
_STORES = {arm.ARM_INS_STR, arm.ARM_INS_STRD}
_RELEASES = {arm.ARM_INS_POP, arm.ARM_INS_VPOP, arm.ARM_INS_LDM, arm.ARM_INS_LDR, arm.ARM_INS_LDRD, arm.ARM_INS_VLDMIA}
_SUBTRACTIONS = {arm.ARM_INS_SUB, arm.ARM_INS_SUBW}
_ADDITIONS = {arm.ARM_INS_ADD, arm.ARM_INS_ADDW}
_MOVES = {arm.ARM_INS_MOV, arm.ARM_INS_MOVS, arm.ARM_INS_MOVW}


@dataclass
class _Function:
    """Bytes that a function pushes, and where it may go."""

    frame: int = 0
    callees: set[Symbol] = field(default_factory=set)


def worst_case_stack(image: Image, indirect_calls: Mapping[str, Sequence[str]], exception_bytes: int) -> int:
    """Bytes of stack that the program can need at most, a multiple of 8.

    That is the deepest call chain from reset, and on top of it the deepest exception handler of the vector table.

    Args:
        image: the linked program; its vector table is the object ``an_vectors``.
        indirect_calls: for each function that calls through a pointer, the functions it may call.
        exception_bytes: what the core pushes when an exception begins.

    Raises:
        AttendNetsError: recursion, an undeclared call through a pointer, or a frame whose size cannot be known.
    """
    table = image.read(image.value("an_vectors"), 4 * _SYSTEM_VECTORS)
    handlers = [int.from_bytes(table[i : i + 4], "little") & ~1 for i in range(4, len(table), 4)]
    analysis = _Analysis(image, indirect_calls)
    reset, *others = [analysis.depth(function_at(image, handler), ()) for handler in handlers]
    return -(-(reset + exception_bytes + max(others)) // 8) * 8


class _Analysis:
    def __init__(self, image: Image, indirect_calls: Mapping[str, Sequence[str]]) -> None:
        self._image = image
        self._indirect_calls = indirect_calls
        self._depths: dict[Symbol, int] = {}

    def depth(self, symbol: Symbol, chain: tuple[Symbol, ...]) -> int:
        """Bytes that ``symbol`` and all it calls can push, called by the functions in ``chain``."""
        if symbol in chain:
            cycle = " -> ".join(function.name for function in (*chain[chain.index(symbol) :], symbol))
            raise AttendNetsError(f"The stack has no bound: {cycle} is recursive.", _HINT)
        if symbol not in self._depths:
            function = self._scan(symbol)
            deepest = max((self.depth(callee, (*chain, symbol)) for callee in function.callees), default=0)
            self._depths[symbol] = function.frame + deepest
        return self._depths[symbol]

    def _scan(self, symbol: Symbol) -> _Function:
        function = _Function()
        constants: dict[int, int] = {}
        for instruction in instructions(self._image, symbol):
            function.frame += self._pushed(symbol, instruction, constants)
            function.callees.update(self._targets(symbol, instruction))
            self._track_constants(instruction, constants)
        return function

    def _targets(self, symbol: Symbol, instruction: capstone.CsInsn) -> set[Symbol]:
        """Functions that an instruction may enter."""
        if calls_through_pointer(instruction):
            if symbol.name not in self._indirect_calls:
                place = f"at 0x{instruction.address:08x}"
                raise AttendNetsError(f"Function {symbol.name} calls through a pointer {place}: its stack has no bound.", _HINT)
            return {self._image.function(name) for name in self._indirect_calls[symbol.name]}
        target = target_of(self._image, symbol, instruction)
        return {target} if target else set()

    def _pushed(self, symbol: Symbol, instruction: capstone.CsInsn, constants: Mapping[int, int]) -> int:
        """Bytes by which an instruction lowers the stack pointer; 0 if it raises it or leaves it alone."""
        if arm.ARM_REG_SP not in instruction.regs_access()[1]:
            return 0
        kind, operands = instruction.id, instruction.operands
        if kind in _PUSHES:
            return sum(_register_bytes(instruction, operand) for operand in operands)
        if kind in _STORES_MULTIPLE:
            return sum(_register_bytes(instruction, operand) for operand in operands[1:])
        if kind in _RELEASES:
            return 0
        if kind in _STORES and operands[-1].type == arm.ARM_OP_MEM:
            return max(0, -operands[-1].mem.disp)
        amount = operands[-1].imm if operands[-1].type == arm.ARM_OP_IMM else constants.get(operands[-1].reg)
        if kind in _SUBTRACTIONS and amount is not None:
            return max(0, amount)
        if kind in _ADDITIONS and amount is not None:
            return max(0, -amount)
        text = f"{instruction.mnemonic} {instruction.op_str}"
        raise AttendNetsError(f"Function {symbol.name}: the stack it needs cannot be known ({text}).", _HINT)

    def _track_constants(self, instruction: capstone.CsInsn, constants: dict[int, int]) -> None:
        """Follows constants in registers along straight code: frames too large for an immediate come from there."""
        kind, operands = instruction.id, instruction.operands
        value: int | None = None
        if kind == arm.ARM_INS_LDR and operands[1].type == arm.ARM_OP_MEM and operands[1].mem.base == arm.ARM_REG_PC:
            address = (instruction.address + 4 & ~3) + operands[1].mem.disp
            value = int.from_bytes(self._image.read(address, 4), "little", signed=True)
        elif kind in _MOVES and operands[1].type == arm.ARM_OP_IMM:
            value = operands[1].imm
        elif kind == arm.ARM_INS_LSL and operands[-1].type == arm.ARM_OP_IMM and operands[-2].reg in constants:
            value = constants[operands[-2].reg] << operands[-1].imm
        elif kind == arm.ARM_INS_RSB and operands[1].reg in constants:
            value = -constants[operands[1].reg]
        for register in instruction.regs_access()[1]:
            constants.pop(register, None)
        if instruction.group(capstone.CS_GRP_JUMP) or instruction.group(capstone.CS_GRP_CALL):
            constants.clear()
        if value is not None:
            constants[operands[0].reg] = value


def _register_bytes(instruction: capstone.CsInsn, operand: arm.ArmOp) -> int:
    return 8 if instruction.reg_name(operand.reg).startswith("d") else 4
