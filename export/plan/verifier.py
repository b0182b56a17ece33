"""An independent proof that a plan's memory is sound. It shares no code with the planner and does not look at lifetimes.

It replays the steps on a map of who owns every byte. A step must find each operand owned, whole, by the tensor it expects, and then takes
ownership of its output's bytes. A buffer that overlaps another one too early destroys its owner's claim, and the next reader finds out.
"""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from ..errors import AttendNetsError
from .plan import Buffer, Plan, PlannedState, Step
from .segment_verifier import NOBODY, may_overwrite, replay


def verify(plan: Plan) -> None:
    """Raise AttendNetsError at the first step that would read bytes it does not own, write outside a bank, or overwrite its own inputs.

    States are owned by what the inference reads when it starts, and must be owned by what they become when it ends.
    """
    sizes = {
        "arena": plan.arena_bytes,
        "arena_2": plan.arena_2_bytes,
        "state": plan.state_bytes,
        "input": sum(value.bytes for value in plan.inputs),
        "output": sum(value.bytes for value in plan.outputs),
    }
    owners = {bank: np.full(size, NOBODY, np.int64) for bank, size in sizes.items()}
    constants = {constant.name for constant in plan.constants}
    for index, buffer in enumerate(plan.buffers):
        _inside(buffer, sizes)
        if buffer.bank == "input" and not plan.pushed:
            owners["input"][buffer.offset : buffer.offset + buffer.bytes] = index
    for state in plan.states:
        _take_over(plan, state, owners, constants)
    begun: set[int] = set()
    for number, step in enumerate(plan.steps):
        segment = next((segment for segment in plan.segments if segment.first <= number <= segment.last), None)
        _known(step.name, step.constants + tuple(o.constant for o in step.inputs if o.constant is not None), constants)
        if segment is None:
            _replay(plan, step, owners, begun)
        elif segment.first == number:
            replay(plan, segment, owners, _fail)
    for index, buffer in enumerate(plan.buffers):
        if buffer.bank == "output":
            _owned("the end", buffer, index, owners)
    for state in plan.states:
        _owned("the end", plan.buffers[state.written], state.written, owners)
    if (owners["output"] == NOBODY).any():
        _fail("an output is never written")


def _replay(plan: Plan, step: Step, owners: dict[str, np.ndarray], begun: set[int]) -> None:
    """A step that runs once. ``begun`` are the outputs that earlier ones have written to."""
    read = [operand.buffer for operand in step.inputs if operand.buffer is not None]
    # Steps that fill one output together must find there what the earlier ones have written.
    for index in (*read, step.output) if step.output in begun else read:
        _owned(step.name, plan.buffers[index], index, owners)
    begun.add(step.output)
    # Kernels stream: scratch, or an output, that overlaps an operand or the scratch may destroy it before it is read.
    if step.scratch is not None:
        _take(step, step.scratch, plan, owners)
        for index in read:
            _owned(step.name, plan.buffers[index], index, owners)
    _take(step, step.output, plan, owners)
    for index in (*_needed(step, plan), *(() if step.scratch is None else (step.scratch,))):
        _owned(step.name, plan.buffers[index], index, owners)


def _take(step: Step, index: int, plan: Plan, owners: dict[str, np.ndarray]) -> None:
    buffer = plan.buffers[index]
    if buffer.bank == "input":
        _fail(f"step {step.name} writes the caller's input")
    owners[buffer.bank][buffer.offset : buffer.offset + buffer.bytes] = index


def _take_over(plan: Plan, state: PlannedState, owners: dict[str, np.ndarray], constants: set[str]) -> None:
    """What the last inference left, the next one finds: both buffers are the same bytes, and no other state's."""
    read, written = plan.buffers[state.read], plan.buffers[state.written]
    if any((b.bank, b.offset, b.bytes) != ("state", read.offset, read.bytes) for b in (read, written)):
        _fail(f"the state {state.name} is not written where it is read")
    mine = owners["state"][read.offset : read.offset + read.bytes]
    if (mine != NOBODY).any():
        _fail(f"the state {state.name} overlaps another one")
    mine[:] = state.read
    if state.constant is not None:
        _known(f"the initial value of {state.name}", (state.constant,), constants)


def _needed(step: Step, plan: Plan) -> list[int]:
    """The buffers that must outlast the step's writing: not one that the kernel may overwrite, of the output's size, at its place or behind it."""
    operands, new = [operand.buffer for operand in step.inputs], plan.buffers[step.output]

    def may_go(position: int, index: int) -> bool:
        old = plan.buffers[index]
        alike = (old.bank, old.bytes) == (new.bank, new.bytes) and new.offset <= old.offset
        return alike and may_overwrite(step, position)

    return [index for position, index in enumerate(operands) if index is not None and not may_go(position, index)]


def _inside(buffer: Buffer, sizes: dict[str, int]) -> None:
    if buffer.offset < 0 or buffer.bytes < 1 or buffer.offset + buffer.bytes > sizes[buffer.bank]:
        _fail(f"{buffer.tensor} lies outside the {buffer.bank}")


def _owned(step: str, buffer: Buffer, index: int, owners: dict[str, np.ndarray]) -> None:
    if (owners[buffer.bank][buffer.offset : buffer.offset + buffer.bytes] != index).any():
        _fail(f"at step {step} the bytes of {buffer.tensor} are not there")


def _known(step: str, names: tuple[str, ...], constants: set[str]) -> None:
    for name in names:
        if name not in constants:
            _fail(f"step {step} reads the unknown constant {name}")


def _fail(reason: str) -> NoReturn:
    raise AttendNetsError(
        f"The memory plan is unsound: {reason}.", "This is a defect in the planner; please report it with the model."
    )
