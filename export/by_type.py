"""Operators that exist for integers and for floats are two functions in every stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .graph import Graph, Operator

Result = TypeVar("Result")


def by_type(integers: Callable[..., Result], floats: Callable[..., Result]) -> Callable[..., Result]:
    """``floats`` for operators that read or write float32, else ``integers``."""

    def chosen(graph: Graph, operator: Operator, *operands: Any) -> Result:
        return (floats if graph.has_floats(operator) else integers)(graph, operator, *operands)

    return chosen
