"""From kernel calls to a plan: buffers with addresses, steps in order, shared constants."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from ..boards import Board
from ..coverage import tier_of
from ..decision import Decision
from ..graph import Graph, Tensor
from ..lower import Lowering
from ..lower.call import Call, Constant
from ..names import layer_names, unique
from . import memory
from .banks import HARNESS_BYTES, place_in_banks
from .plan import Buffer, Operand, Plan, PlannedState, Quantized, Step


@dataclass(frozen=True)
class Origin:
    """Where a plan comes from, for its identity and its reports."""

    board: Board
    labels: tuple[str, ...]
    model_sha256: str
    templates_sha256: str


def make_plan(lowering: Lowering, decisions: tuple[Decision, ...], origin: Origin) -> Plan:
    lowering = with_tiles(lowering, origin.board)
    graph = lowering.graph
    buffers, index_of, placement, scratch_of = _buffers(lowering)
    names = _step_names(lowering)
    constants = _Constants(names)
    steps = []
    for number, call in enumerate(lowering.calls):
        stored = constants.bytes
        operands = tuple(_operand(graph.tensors[index], lowering, index_of, constants, names[number]) for index in call.inputs)
        steps.append(
            Step(
                name=names[number],
                layer=call.operator.name if len(call.operator.outputs) == 1 else graph.tensors[call.output].name,
                operator=call.operator.kind,
                kernel=call.kernel,
                tier=tier_of(call.kernel),
                inputs=operands,
                output=index_of[lowering.storage(call.output)],
                scratch=scratch_of.get(number),
                constants=tuple(constants.add(names[number], constant) for constant in call.constants),
                parameters=call.parameters,
                shapes=_shapes(graph, call),
                tensor=call.output,
                completes=call.completes,
                macs=call.macs,
                cost=call.cost,
                alternatives=call.alternatives,
                flash_bytes=constants.bytes - stored,
            )
        )
    states = _states(lowering, index_of, constants)
    state_bytes = sum(memory.aligned(buffers[state.read].bytes) for state in states)
    inputs, outputs = (tuple(Quantized.of(graph.tensors[index]) for index in end) for end in (graph.inputs, graph.outputs))
    variables = state_bytes + sum(value.bytes for value in inputs + outputs)
    return Plan(
        name=graph.name,
        board=origin.board,
        banks=place_in_banks(graph.name, origin.board, placement.bytes, variables),
        inputs=inputs,
        outputs=outputs,
        labels=origin.labels,
        arena_bytes=placement.bytes,
        arena_lower_bound=placement.lower_bound,
        scratch_bytes=max((call.scratch for call in lowering.calls), default=0),
        state_bytes=state_bytes,
        states=states,
        buffers=tuple(buffers),
        steps=tuple(steps),
        constants=tuple(constants.items),
        decisions=decisions + constants.decisions(),
        model_sha256=origin.model_sha256,
        templates_sha256=origin.templates_sha256,
    )


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


def _buffers(lowering: Lowering) -> tuple[list[Buffer], dict[int, int], memory.Placement, dict[int, int]]:
    """Buffers for every stored tensor and every scratch; tensor → buffer index; the placement; step → scratch buffer index."""
    graph, last_step = lowering.graph, len(lowering.calls) - 1
    first, last = lifetimes(lowering)
    external = _external(lowering)
    wanted = {*lowering.kept, *(lowering.storage(index) for index in graph.outputs)}
    stored = [index for index in first if index not in external]
    scratched = [number for number, call in enumerate(lowering.calls) if call.scratch]
    requests = [memory.Request(graph.tensors[index].bytes, first[index], last[index]) for index in stored]
    requests += [memory.Request(lowering.calls[number].scratch, number, number) for number in scratched]
    placement = memory.place(requests)

    buffers: list[Buffer] = []
    index_of: dict[int, int] = {}
    for index, (bank, offset) in external.items():
        end = last_step if index in wanted else last.get(index, 0)
        index_of[index] = len(buffers)
        buffers.append(Buffer(graph.tensors[index].name, bank, offset, graph.tensors[index].bytes, None, first[index], end))
    for index, offset in zip(stored, placement.offsets, strict=False):
        index_of[index] = len(buffers)
        buffers.append(
            Buffer(graph.tensors[index].name, "arena", offset, graph.tensors[index].bytes, None, first[index], last[index])
        )
    scratch_of: dict[int, int] = {}
    for number, offset in zip(scratched, placement.offsets[len(stored) :], strict=True):
        scratch_of[number] = len(buffers)
        buffers.append(Buffer("scratch", "arena", offset, lowering.calls[number].scratch, None, number, number))
    return buffers, index_of, placement, scratch_of


def lifetimes(lowering: Lowering) -> tuple[dict[int, int], dict[int, int]]:
    """Stored tensor → the first and the last step at which it lives."""
    graph = lowering.graph
    first: dict[int, int] = dict.fromkeys(graph.sources, 0)
    last: dict[int, int] = {}
    for number, call in enumerate(lowering.calls):
        output = lowering.storage(call.output)
        first.setdefault(output, number)
        for index in (output, *(lowering.storage(index) for index in call.inputs if graph.tensors[index].data is None)):
            last[index] = number
    return first, last


def with_tiles(lowering: Lowering, board: Board) -> Lowering:
    """The largest tiles whose scratch fits under the peak of the activations, or exceeds it by a tenth at most; where a limit of RAM was
    given, the largest that it allows. The smallest at least."""
    graph = lowering.graph
    first, last = lifetimes(lowering)
    external = _external(lowering)
    alive = [0] * len(lowering.calls)
    for index in first:
        if index not in external:
            for step in range(first[index], last.get(index, first[index]) + 1):
                alive[step] += memory.aligned(graph.tensors[index].bytes)
    room = max(alive, default=0) * 11 // 10
    if board.ram_limit is not None:
        state = sum(memory.aligned(graph.tensors[state.read].bytes) for state in graph.states)
        ends = sum(graph.tensors[index].bytes for index in graph.inputs + graph.outputs)
        room = board.ram_limit - state - ends - HARNESS_BYTES
    return replace(lowering, calls=tuple(_tiled(call, room - live) for call, live in zip(lowering.calls, alive, strict=True)))


def _tiled(call: Call, room: int) -> Call:
    tile = call.tile
    if tile is None:
        return call
    fitting = (room - call.scratch) // (tile.step * tile.bytes) * tile.step
    units = max(tile.step, min(tile.most, fitting))
    return replace(call, parameters=call.parameters | {"tile": units}, scratch=call.scratch + units * tile.bytes)


def _external(lowering: Lowering) -> dict[int, tuple[str, int]]:
    """Stored tensor → (bank, offset) for what lies in the caller's memory or outlives an inference."""
    graph, result = lowering.graph, {}
    offset = 0
    for state, kept in zip(graph.states, lowering.kept, strict=True):
        result[state.read] = result[kept] = ("state", offset)
        offset += memory.aligned(graph.tensors[state.read].bytes)
    for bank, indices in (("input", graph.inputs), ("output", graph.outputs)):
        offset = 0
        for index in indices:
            result[lowering.storage(index)] = (bank, offset)
            offset += graph.tensors[index].bytes
    return result


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
