"""L2_NORMALIZATION over the last axis → an_l2_normalization."""

from __future__ import annotations

from ..graph import Graph, Operator
from .call import Call, Parameter


def l2_normalization(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    size = source.shape[-1]
    parameters: dict[str, Parameter] = {
        "rows": source.elements // size,
        "size": size,
        "input_zero_point": source.zero_point,
    }
    return [Call(operator, "an_l2_normalization", (source.index,), output.index, parameters)]
