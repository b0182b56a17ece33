"""Stage 3, optimize: exact graph → graph rewrites. Each is listed in the plan with what it saved."""

from __future__ import annotations

from ..decision import Decision
from ..graph import Graph
from .identity import remove_identities


def optimize(graph: Graph) -> tuple[Graph, tuple[Decision, ...]]:
    graph, removed = remove_identities(graph)
    decisions = tuple(
        Decision(
            operator.name, "removed", operator.kind, "its output is its input, byte for byte", "one kernel call and a buffer"
        )
        for operator in removed
    )
    return graph, decisions
