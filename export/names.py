"""C identifiers: for models from their file names, for layers and constants from the model's own tensor names."""

from __future__ import annotations

import re

from .graph import Graph

_TYPE_NAME = re.compile(r".*_t")
_ARGUMENT = re.compile(r"(input|output)_\d+")


def model_name(text: str) -> str:
    """The name of a model: it begins its functions, its files and its folder. Names of the runtime (``an_…``) are not for models."""
    name = _identifier(text)
    return f"model_{name}".rstrip("_") if not name or name[0].isdigit() or name == "an" or name.startswith("an_") else name


def layer_names(graph: Graph) -> dict[int, str]:
    """Operator index → a C identifier, unique in the model. What all names share in front (``model/``) is dropped."""
    paths = [operator.name.strip("/").split("/") for operator in graph.operators]
    shared = 0
    while all(len(path) > shared + 1 for path in paths) and len({path[shared] for path in paths}) == 1:
        shared += 1
    taken: set[str] = set()
    return {
        operator.index: unique(_layer_name("/".join(path[shared:]), graph.name, operator.kind), taken)
        for operator, path in zip(graph.operators, paths, strict=True)
    }


def unique(name: str, taken: set[str]) -> str:
    """``name``, numbered where it is taken; the result is taken from now on."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    taken.add(candidate)
    return candidate


def _layer_name(path: str, model: str, kind: str) -> str:
    name = _identifier(path)
    # No keyword and no library function in use has an underscore inside, so a second word keeps clear of them …
    if "_" not in name:
        name = f"{name or 'layer'}_{kind.lower()}"
    # … but types do, and so have the names of the runtime, of the model's own symbols and of its arguments.
    if name[0].isdigit() or name.startswith(("an_", f"{model}_")) or _TYPE_NAME.fullmatch(name) or _ARGUMENT.fullmatch(name):
        return f"layer_{name}"
    return name


def _identifier(text: str) -> str:
    """Letters, digits and underscores, in lower case; it may be empty or start with a digit."""
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
