"""From kernel calls to a plan: buffers with addresses, steps in order, shared constants."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from ..boards import Board
from ..coverage import tier_of
from ..decision import Decision
from ..errors import DoesNotFitError
from ..graph import Graph, Tensor
from ..lower import Lowering
from ..lower.call import Call, Constant
from ..names import layer_names, unique
from . import memory
from .banks import HARNESS_BYTES, LEAST_HARNESS_BYTES, Banks, place_in_banks, split_banks
from .buffers import Buffers, place_buffers, planned_segment, scratch_of
from .choice import Choice, choose
from .lives import Lives, lives_of
from .plan import Operand, Plan, PlannedState, Quantized, Step, StepTurns
from .schedule import Schedule
from .stream import Turns

ATTEMPTS = 12


@dataclass(frozen=True)
class Origin:
    """Where a plan comes from, for its identity and its reports."""

    board: Board
    labels: tuple[str, ...]
    model_sha256: str
    templates_sha256: str


def make_plan(lowering: Lowering, decisions: tuple[Decision, ...], origin: Origin) -> Plan:
    """Raises DoesNotFitError where the board, or the RAM that may be used of it, is too small for whatever schedule."""
    lives, limit = lives_of(lowering), _limit(lowering, origin.board)
    for attempt in range(1, ATTEMPTS + 1):
        choice = choose(lowering, lives, limit)
        try:
            return _in_one_bank_or_two(lowering, lives, choice, decisions, origin, HARNESS_BYTES)
        except DoesNotFitError as error:
            if attempt == ATTEMPTS or (limit is not None and choice.ram > limit):
                break
            # Something slower may need less. Buffers do not always pack without gaps: then a little less is enough.
            limit = choice.ram - max(error.excess, choice.ram // 100)
    # Perhaps the harness needs less than was kept for it: linking tells.
    return _in_one_bank_or_two(lowering, lives, choice, decisions, origin, LEAST_HARNESS_BYTES)


def _limit(lowering: Lowering, board: Board) -> int | None:
    """What a limit of RAM leaves for the arena and the inputs."""
    if board.ram_limit is None:
        return None
    outputs = sum(lowering.graph.tensors[index].bytes for index in lowering.graph.outputs)
    return board.ram_limit - _state_bytes(lowering) - outputs - HARNESS_BYTES


def _in_one_bank_or_two(
    lowering: Lowering, lives: Lives, choice: Choice, decisions: tuple[Decision, ...], origin: Origin, harness: int
) -> Plan:
    plan = _plan(lowering, lives, choice, decisions, origin, None)
    try:
        banks = place_in_banks(plan.name, plan.board, plan.arena_bytes, plan.variable_bytes, plan.peak_layer, harness)
    except DoesNotFitError:
        split = split_banks(plan.board, plan.arena_bytes, plan.variable_bytes, harness)
        if split is None:
            raise
        banks, boundary, room = split
        plan = _plan(lowering, lives, choice, decisions, origin, boundary)
        if plan.arena_2_bytes > room:
            raise
    return replace(plan, banks=banks)


def _plan(
    lowering: Lowering,
    lives: Lives,
    choice: Choice,
    decisions: tuple[Decision, ...],
    origin: Origin,
    boundary: int | None,
) -> Plan:
    """All but the banks: which they are follows from what the plan needs. With a ``boundary``, the arena goes on behind it in a second one."""
    lowering, schedule = replace(lowering, calls=choice.calls), choice.schedule
    graph = lowering.graph
    buffers = place_buffers(lowering, lives, schedule, boundary)
    arena = buffers.placement.bytes
    names = _step_names(lowering)
    constants = _Constants(names)
    steps = tuple(_step(lowering, number, names[number], schedule, buffers, constants) for number in range(len(names)))
    states = _states(lowering, buffers.of_tensor, constants)
    inputs, outputs = (tuple(Quantized.of(graph.tensors[index]) for index in end) for end in (graph.inputs, graph.outputs))
    segments = tuple(
        planned_segment(lowering, segment, buffers.of_tensor, schedule.pushed and number == 0)
        for number, segment in enumerate(schedule.segments)
    )
    return Plan(
        name=graph.name,
        board=origin.board,
        banks=Banks("", ""),
        inputs=inputs,
        outputs=outputs,
        labels=origin.labels,
        arena_bytes=arena if boundary is None else min(arena, boundary),
        arena_2_bytes=0 if boundary is None else max(0, arena - boundary),
        arena_lower_bound=buffers.placement.lower_bound,
        scratch_bytes=max((scratch_of(schedule, number, call) for number, call in enumerate(lowering.calls)), default=0),
        state_bytes=_state_bytes(lowering),
        states=states,
        buffers=buffers.items,
        steps=steps,
        constants=tuple(constants.items),
        decisions=decisions + schedule.decisions + constants.decisions(),
        model_sha256=origin.model_sha256,
        templates_sha256=origin.templates_sha256,
        segments=segments,
        estimated_instructions=choice.cost,
    )


def _state_bytes(lowering: Lowering) -> int:
    return sum(memory.aligned(lowering.graph.tensors[state.read].bytes) for state in lowering.graph.states)


def _step(lowering: Lowering, number: int, name: str, schedule: Schedule, buffers: Buffers, constants: _Constants) -> Step:
    graph, call, segment = lowering.graph, lowering.calls[number], schedule.segment_of(number)
    turns = segment.turns[number - segment.first] if segment else None
    made = turns.pieces[turns.top] if turns else call
    stored = constants.bytes
    return Step(
        name=name,
        layer=call.operator.name if len(call.operator.outputs) == 1 else graph.tensors[call.output].name,
        operator=call.operator.kind,
        kernel=call.kernel,
        tier=tier_of(call.kernel),
        inputs=tuple(_operand(graph.tensors[index], lowering, buffers.of_tensor, constants, name) for index in call.inputs),
        output=buffers.of_tensor[lowering.storage(call.output)],
        scratch=buffers.of_scratch.get(number),
        constants=tuple(constants.add(name, constant) for constant in made.constants),
        parameters=made.parameters,
        shapes=_shapes(graph, call),
        tensor=call.output,
        completes=call.completes,
        macs=call.macs,
        cost=turns.cost() if turns else call.cost,
        alternatives=call.alternatives,
        flash_bytes=constants.bytes - stored,
        turns=_planned_turns(turns) if turns else None,
    )


def _planned_turns(turns: Turns) -> StepTurns:
    reads = tuple((reads.step, reads.before, reads.reach, reads.ahead) if reads else None for reads in turns.rows.reads)
    pieces = tuple(piece.parameters for piece in turns.pieces)
    return StepTurns(turns.rows.unit, turns.count, turns.top, turns.bottom, reads, pieces)


class _Constants:
    """Constants by content: equal data is stored once, under a name that no step and no other constant has."""

    def __init__(self, step_names: list[str]) -> None:
        self.items: list[Constant] = []
        self.bytes = 0
        self._taken = set(step_names)
        self._by_hash: dict[str, str] = {}
        self._saved = 0

    def add(self, step: str, constant: Constant) -> str:
        """The name under which the constant is stored, whoever stored it."""
        known = self._by_hash.get(constant.sha256)
        if known is not None:
            self._saved += constant.bytes
            return known
        constant = replace(constant, name=unique(f"{step}_{constant.name}", self._taken))
        self._by_hash[constant.sha256] = constant.name
        self.bytes += constant.bytes
        self.items.append(constant)
        return constant.name

    def decisions(self) -> tuple[Decision, ...]:
        if not self._saved:
            return ()
        saved = f"{self._saved} bytes of flash"
        return (Decision("constants", "equal constants share their bytes", "one copy each", "same content", saved),)


def _states(lowering: Lowering, index_of: dict[int, int], constants: _Constants) -> tuple[PlannedState, ...]:
    states = []
    for number, (state, kept) in enumerate(zip(lowering.graph.states, lowering.kept, strict=True)):
        values = np.frombuffer(state.initial.tobytes(), np.int8)
        uniform = bool((values == values[0]).all())
        constant = (
            None if uniform else constants.add(f"state_{number}", Constant("initial", "as in the model", "int8_t", values))
        )
        fill = int(values[0]) if uniform else 0
        states.append(PlannedState(state.name, index_of[state.read], index_of[kept], constant, fill))
    return tuple(states)


def _operand(tensor: Tensor, lowering: Lowering, index_of: dict[int, int], constants: _Constants, step: str) -> Operand:
    if tensor.data is None:
        return Operand(buffer=index_of[lowering.storage(tensor.index)])
    values = np.frombuffer(tensor.data.tobytes(), np.int8)
    return Operand(constant=constants.add(step, Constant("operand", "as in the model", "int8_t", values)))


def _step_names(lowering: Lowering) -> list[str]:
    """Layer names; the calls of an operator that takes several are numbered."""
    layers = layer_names(lowering.graph)
    taken = set(layers.values())
    counts = Counter(call.operator.index for call in lowering.calls)
    seen: Counter[int] = Counter()
    names = []
    for call in lowering.calls:
        index = call.operator.index
        seen[index] += 1
        names.append(layers[index] if counts[index] == 1 else unique(f"{layers[index]}_part{seen[index]}", taken))
    return names


def _shapes(graph: Graph, call: Call) -> str:
    """One line for people: operator, window and stride, input and output shapes."""
    parts = [call.operator.kind]
    for prefix, group in (("kernel", ""), ("window", ""), ("kernel", "geometry.")):
        if f"{group}{prefix}_height" in call.parameters:
            height, width, down, right = (
                call.parameters[f"{group}{name}"]
                for name in (f"{prefix}_height", f"{prefix}_width", "stride_height", "stride_width")
            )
            parts.append(f"{height}x{width}" + ("" if (down, right) == (1, 1) else f"/{down}"))
    shapes = " and ".join("x".join(map(str, graph.tensors[index].shape)) for index in call.inputs)
    return f"{' '.join(parts)}, {shapes} -> {'x'.join(map(str, graph.tensors[call.output].shape))}"
