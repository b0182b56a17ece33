"""Where the states of a model lie: each has bytes of its own, in which an inference finds the old value and leaves the new one.

Where the old value is not needed any more when the new one is computed, the new one is computed there. Else it is copied there.
"""

from __future__ import annotations

from dataclasses import replace

from ..graph import Graph, Operator, Tensor
from .call import Call
from .movement import copy


def keep_states(graph: Graph, calls: list[Call], aliases: dict[int, int]) -> tuple[Graph, list[Call], tuple[int, ...]]:
    """The graph and the calls with copies added; and for every state the tensor that takes the place of ``read`` in memory."""
    return _Keeping(graph, calls, aliases).all()


class _Keeping:
    def __init__(self, graph: Graph, calls: list[Call], aliases: dict[int, int]) -> None:
        self._graph = graph
        self._calls = list(calls)
        self._aliases = aliases
        # State → the tensor whose bytes it becomes.
        self._pending = {state.read: aliases.get(state.written, state.written) for state in graph.states}
        self._fixed = {aliases.get(index, index) for index in (*graph.sources, *graph.outputs)}
        self._kept: dict[int, int] = {}

    def all(self) -> tuple[Graph, list[Call], tuple[int, ...]]:
        while self._pending:
            # A state that another one is going to read must wait.
            wanted = {source for read, source in self._pending.items() if source != read}
            free = next((read for read in self._pending if read not in wanted), None)
            if free is None:
                self._break_cycle(next(iter(self._pending)))
            else:
                self._keep(free, self._pending.pop(free))
        return self._graph, self._calls, tuple(self._kept[state.read] for state in self._graph.states)

    def _keep(self, read: int, source: int) -> None:
        if source == read:
            self._kept[read] = read
            return
        written = [number for number, call in enumerate(self._calls) if self._storage(call.output) == source]
        used = [n for n, call in enumerate(self._calls) if read in (self._storage(index) for index in call.inputs)]
        if written and source not in self._fixed and max(used, default=-1) < written[0] + self._overwrites(written[0], read):
            self._fixed.add(source)
            self._kept[read] = source
            return
        call = self._copy(source, self._graph.tensors[read])
        self._calls.insert(max([*written, *used], default=-1) + 1, call)
        self._kept[read] = call.output

    def _overwrites(self, number: int, read: int) -> bool:
        """Whether a call may write its output where it reads the state."""
        return read in self._calls[number].overwritable(self._storage)

    def _break_cycle(self, read: int) -> None:
        """The states take over each other's values: one of them is saved, and whoever needs it reads it there."""
        call = self._copy(read, self._graph.tensors[read])
        self._calls.append(call)
        self._pending = {r: call.output if source == read else source for r, source in self._pending.items()}
        # It is there to be copied, not to be a state.
        self._fixed.add(call.output)

    def _copy(self, source: int, like: Tensor) -> Call:
        output = replace(like, index=len(self._graph.tensors), data=None)
        number = max(operator.index for operator in self._graph.operators) + 1
        operator = Operator(number, "ASSIGN_VARIABLE", f"{like.name}/assign", (source,), (output.index,))
        tensors, operators = (*self._graph.tensors, output), (*self._graph.operators, operator)
        self._graph = replace(self._graph, tensors=tensors, operators=operators)
        (call,) = copy(self._graph, operator)
        # It completes no layer: to whoever compares layers, the state is not a tensor of the model.
        return replace(call, completes=False)

    def _storage(self, tensor: int) -> int:
        return self._aliases.get(tensor, tensor)
