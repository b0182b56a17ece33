"""The operators of a whole model, those of branches and loops included: what an interpreter has to know."""

from __future__ import annotations

from typing import Any

from .flatbuffer import OPERATOR_NAMES, Budget, DamagedError, damage_reported, named, open_model, text


def operator_kinds(content: bytes, source: str) -> dict[str, int]:
    """The kind of every operator in all subgraphs, in the order of their first use, with how many there are.

    Raises InputError where ``content`` is not a TensorFlow Lite model, or damaged; ``source`` is what the message calls it.
    """
    model = open_model(content, source)
    counts: dict[str, int] = {}
    with damage_reported(source):
        budget = Budget(len(content))
        kinds = [kind_of(model.OperatorCodes(i), budget) for i in range(budget.spend(model.OperatorCodesLength(), "codes"))]
        for index in range(budget.spend(model.SubgraphsLength(), "subgraphs")):
            subgraph = model.Subgraphs(index)
            for position in range(budget.spend(subgraph.OperatorsLength(), "operators")):
                code = subgraph.Operators(position).OpcodeIndex()
                if not 0 <= code < len(kinds):
                    raise DamagedError(f"operator {position} has the unknown code {code}")
                counts[kinds[code]] = counts.get(kinds[code], 0) + 1
    return counts


def kind_of(code: Any, budget: Budget) -> str:
    """The name of an operator code: the builtin's, or "CUSTOM (name)"."""
    value = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    kind = named(OPERATOR_NAMES, value, "operator code")
    return f"CUSTOM ({text(code.CustomCode(), budget)})" if kind == "CUSTOM" else kind
