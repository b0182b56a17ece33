"""Readable C identifiers for layers, taken from the model's own tensor names."""

from __future__ import annotations

from ..graph import Graph
from ..read import identifier


def layer_names(graph: Graph) -> dict[int, str]:
    """Operator index → a C identifier, unique in the model. What all names share in front (``model/``) is dropped."""
    paths = [operator.name.strip("/").split("/") for operator in graph.operators]
    shared = 0
    while all(len(path) > shared + 1 for path in paths) and len({path[shared] for path in paths}) == 1:
        shared += 1
    names: dict[int, str] = {}
    for operator, path in zip(graph.operators, paths, strict=True):
        names[operator.index] = _unique(_layer_name("/".join(path[shared:]), graph.name, operator.kind), set(names.values()))
    return names


def _layer_name(path: str, model: str, kind: str) -> str:
    name = identifier(path)
    # No keyword, library function or compiler builtin has an underscore inside: a second word keeps clear of all of them.
    if "_" not in name:
        name = f"{name}_{kind.lower()}"
    return f"layer_{name}" if name.startswith(("an_", f"{model}_")) else name


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
