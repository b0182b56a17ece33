"""Runs of elementwise operators that are a function of one int8 value become one table of 256 bytes."""

from __future__ import annotations

from dataclasses import replace

from ..decision import Decision
from ..graph import Graph, Operator
from .rewrite import UNARY, Rewrite, is_pointwise, lookup, producers, readers, saving, table_of, variables


def tables(graph: Graph) -> Rewrite:
    """One LOOKUP for every such run, from the nearest tensor that must be computed anyway."""
    needed, runs = _runs(graph)
    worthwhile = {run[-1].index: run for run in runs if len(run) > 1 or run[-1].kind not in UNARY}
    if not worthwhile:
        return Rewrite(graph)
    done: list[Decision] = []
    operators: list[Operator] = []
    absorbed: set[int] = set()
    for run in worthwhile.values():
        gone = [member for member in run if member.outputs[0] not in needed and member.index not in absorbed]
        absorbed.update(member.index for member in gone)
        buffers = sum(graph.output_of(member).elements for member in gone)
        saved = saving(calls=len(gone), buffers=buffers) or "arithmetic on every element"
        kinds = ", ".join(member.kind for member in run)
        done.append(Decision(run[-1].name, "one table of 256 bytes", kinds, "a function of one int8 value", saved))
    for operator in graph.operators:
        if operator.index in worthwhile:
            run = worthwhile[operator.index]
            source = _source(graph, run)
            graph, operator = lookup(graph, operator, source, table_of(graph, run, source))
        if operator.index not in absorbed:
            operators.append(operator)
    return Rewrite(replace(graph, operators=tuple(operators)), tuple(done))


def _runs(graph: Graph) -> tuple[set[int], list[list[Operator]]]:
    """The tensors that must exist and are a function of one other, and for each the operators that compute it, in order."""
    order = {operator.index: position for position, operator in enumerate(graph.operators)}
    producing, reading = producers(graph), readers(graph)
    # The furthest tensor of which each tensor is a function.
    roots: dict[int, int] = {}
    functions: set[int] = set()
    for operator in graph.operators:
        if is_pointwise(graph, operator):
            output = operator.outputs[0]
            found = {roots.get(tensor.index, tensor.index) for tensor in variables(graph, operator)}
            if len(found) == 1:
                functions.add(operator.index)
                roots[output] = found.pop()
    # What nobody reads is the end of a run too, as long as its operator is there.
    needed = {
        index
        for index in roots
        if index in graph.results or index not in reading or any(reader.index not in functions for reader in reading[index])
    }
    runs = []
    for index in sorted(needed, key=lambda i: order[producing[i].index]):
        run = [producing[index]]
        frontier = {tensor.index for tensor in variables(graph, run[0])}
        # Back from the latest operand until one tensor is left that exists in any case.
        while len(frontier) > 1 or (min(frontier) in roots and min(frontier) not in needed):
            latest = max(frontier, key=lambda i: order[producing[i].index] if i in producing else -1)
            run.append(producing[latest])
            frontier = (frontier - {latest}) | {tensor.index for tensor in variables(graph, producing[latest])}
        runs.append(sorted(run, key=lambda operator: order[operator.index]))
    return needed, runs


def _source(graph: Graph, run: list[Operator]) -> int:
    """The one tensor that the run reads and does not compute."""
    computed = {operator.outputs[0] for operator in run}
    (source,) = {tensor.index for operator in run for tensor in variables(graph, operator)} - computed
    return source
