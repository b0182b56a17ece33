"""Stage 3, optimize: exact graph → graph rewrites. Each is listed in the plan with what it saved, or why it was not done."""

from __future__ import annotations

from collections.abc import Collection

from ..decision import Decision
from ..errors import InputError
from ..graph import Graph
from .constants import constants
from .dead_channels import dead_channels
from .hoist_tables import hoist_tables
from .merge_activations import merge_activations
from .no_ops import no_ops
from .pads import pads
from .rewrite import Pass
from .tables import tables

PASSES: dict[str, Pass] = {
    "no_ops": no_ops,
    "constants": constants,
    "tables": tables,
    "hoist_tables": hoist_tables,
    "merge_activations": merge_activations,
    "pads": pads,
    "dead_channels": dead_channels,
}
# Every pass that changes something removes work, so rounds end by themselves; few models need more than three.
ROUNDS = 16


def optimize(graph: Graph, without: Collection[str] = ()) -> tuple[Graph, tuple[Decision, ...]]:
    """The passes in order, again and again until none finds anything; ``without`` names passes to leave out.

    Any choice of passes gives the same output bytes. Tensors whose bytes change are new ones, behind those of the file.
    Raises InputError for an unknown pass.
    """
    for name in without:
        if name not in PASSES:
            raise InputError(f"There is no optimization pass '{name}'.", f"Passes: {', '.join(PASSES)}.")
    done: list[Decision] = []
    kept: dict[str, tuple[Decision, ...]] = {}
    for _ in range(ROUNDS):
        before = graph
        for name, run in PASSES.items():
            if name not in without:
                result = run(graph)
                graph = result.graph
                done += result.done
                kept[name] = result.kept
        if graph is before:
            break
    return graph, (*done, *(decision for decisions in kept.values() for decision in decisions))
