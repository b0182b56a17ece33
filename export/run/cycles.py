"""Estimates the cycles of basic blocks by models of two pipelines; docs/cycles.md says how far off they are. Not measured on silicon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..compile.code import Operation

Pipeline = Callable[[Sequence[Operation], int], int]
"""Cycles of a block without its last branch's refill; the second argument is the wait states of a literal's load."""

_LOADS = ("ldr", "ldm", "pop", "vldr", "vldm", "vpop")
_STORES = ("str", "stm", "push", "vstr", "vstm", "vpush")
_SEVERAL = ("ldm", "stm", "push", "pop", "ldrd", "strd", "vldm", "vstm", "vpush", "vpop")
_MULTIPLIES = ("mul", "mla", "mls", "smul", "smla", "smls", "smm", "smu", "umul", "umla", "umaal", "usad")
_BRANCHES = ("b", "bl", "bx", "blx", "cbz", "cbnz", "tbb", "tbh")
_DIVIDE_CYCLES = 7
"""Between 2 and 12, by the operands."""
_FUSED = ("vmla", "vmls", "vfma", "vfms", "vfnma", "vfnms", "vnmla", "vnmls")
_FLOAT_CYCLES = {"vdiv": 14, "vsqrt": 14} | dict.fromkeys(_FUSED, 3)


@dataclass(frozen=True)
class CycleModel:
    """``refill``: cycles that a taken branch adds; ``straddle``: those that it adds where a word does not hold the instruction it goes to.

    ``wait_states`` of the flash are paid by taken branches and loads of literals; prefetching is taken to hide all others.
    """

    pipeline: Pipeline
    refill: int
    straddle: int
    wait_states: int = 0

    def block(self, operations: Sequence[Operation]) -> int:
        """Estimated cycles of one execution, entered from the block before it in memory."""
        return self.pipeline(operations, self.wait_states)

    def jump(self, operations: Sequence[Operation], address: int) -> int:
        """What it adds that the block at ``address`` was jumped to."""
        straddles = operations[0].size == 4 and address % 4 != 0
        return self.refill + straddles * self.straddle + self.wait_states


def single_issue(operations: Sequence[Operation], wait_states: int) -> int:
    """Cortex-M4, and M33, whose manual has no table: Cortex-M4 Technical Reference Manual r0p1, table 3-1 and section 3.3.3.

    One cycle each, but: a load takes two, and one where it directly follows another whose result its address does not need; a store
    with an index likewise; several registers take one and one each, without overlap; IT is folded after a 16-bit instruction.
    """
    cycles = 0
    before: Operation | None = None
    for operation in operations:
        name = operation.name
        if name.startswith(_SEVERAL):
            cycles += 1 + operation.moved
        elif name.startswith(_LOADS):
            cycles += 1 if _pipelines(before, operation) else 2
        elif name.startswith(_STORES):
            cycles += 2 if operation.indexed and not _pipelines(before, operation) else 1
        elif name in ("sdiv", "udiv"):
            cycles += _DIVIDE_CYCLES
        elif name == "it":
            cycles += 0 if before is not None and before.size == 2 else 1
        else:
            cycles += _FLOAT_CYCLES.get(name, 1)
        cycles += wait_states * operation.literal
        before = operation
    return cycles


def _pipelines(before: Operation | None, operation: Operation) -> bool:
    """Whether the address phase of ``operation`` overlaps the data phase of the load ``before``."""
    if before is None or not before.name.startswith(_LOADS) or before.name.startswith(_SEVERAL):
        return False
    return not before.writes & operation.address


def dual_issue(operations: Sequence[Operation], wait_states: int) -> int:
    """Cortex-M7: Technical Reference Manual r1p2, section 2.1: in order, two instructions a cycle, six stages, branches predicted.

    The manual has no table; the rules are the usual ones for such a pipeline. Two instructions issue together where the second reads
    and writes nothing that the first writes, and they are not both memory accesses, multiplications or branches. A result is there in
    the next cycle, that of a load or a multiplication a cycle later, but for a sum that a multiplication adds to.
    """
    free = 0
    ready: dict[int, int] = {}
    sums: dict[int, int] = {}
    partner: Operation | None = None
    for operation in operations:
        unit = _unit(operation)
        known = sums if unit == "multiply" else ready
        start = max((known.get(register, 0) for register in operation.reads), default=0)
        if partner is not None and start < free and _pairs(partner, operation):
            partner = None
        else:
            busy = _busy(operation) + wait_states * operation.literal
            free = max(start, free) + busy
            partner = operation if busy == 1 else None
        for register in operation.writes:
            loaded = unit == "load" and register not in operation.address
            ready[register] = free + (loaded or unit == "multiply")
            sums[register] = free + loaded
    return free


def _pairs(first: Operation, second: Operation) -> bool:
    units = {_unit(first), _unit(second)}
    if units <= {"load", "store"} or (len(units) == 1 and units != {""}) or _busy(second) > 1:
        return False
    return not first.writes & (second.reads | second.writes)


def _unit(operation: Operation) -> str:
    if operation.name in _BRANCHES:
        return "branch"
    units = {"load": _LOADS, "store": _STORES, "multiply": _MULTIPLIES}
    return next((unit for unit, names in units.items() if operation.name.startswith(names)), "")


def _busy(operation: Operation) -> int:
    """Cycles in which nothing else issues."""
    if operation.name.startswith(_SEVERAL):
        return (operation.moved + 1) // 2
    return _DIVIDE_CYCLES if operation.name in ("sdiv", "udiv") else _FLOAT_CYCLES.get(operation.name, 1)


_MODELS = {
    "cortex-m4": CycleModel(single_issue, refill=1, straddle=1),
    "cortex-m33": CycleModel(single_issue, refill=1, straddle=1),
    "cortex-m7": CycleModel(dual_issue, refill=1, straddle=0),
}


def cycle_model(target: str) -> CycleModel | None:
    """The model of a core, None where there is none."""
    return _MODELS.get(target)
