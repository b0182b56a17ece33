"""Operators that read nothing but constants become constants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..decision import Decision
from ..graph import Graph, Operator
from ..reference import EXECUTORS
from .rewrite import LARGEST, Rewrite, evaluate, macs, operands, saving


def constants(graph: Graph) -> Rewrite:
    """What the reference executor computes takes the operator's place; a model output, which must be written, is copied from it."""
    done: list[Decision] = []
    operators: list[Operator] = []
    for operator in graph.operators:
        is_output = any(index in graph.results for index in operator.outputs)
        if not _is_constant(graph, operator) or (is_output and operator.kind == "RESHAPE"):
            operators.append(operator)
            continue
        values = evaluate(graph, operator, {})
        if any(str(array.dtype) != graph.tensors[i].dtype for i, array in zip(operator.outputs, values, strict=True)):
            operators.append(operator)
            continue
        reason = "all its inputs are constants"
        done.append(
            Decision(operator.name, "computed at build time", operator.kind, reason, saving(macs(graph, operator), calls=1))
        )
        tensors = list(graph.tensors)
        for index, array in zip(operator.outputs, values, strict=True):
            data = np.ascontiguousarray(array).reshape(tensors[index].shape)
            if index in graph.results:
                tensors.append(replace(tensors[index], index=len(tensors), data=data))
                operators.append(replace(operator, kind="RESHAPE", inputs=(len(tensors) - 1,), outputs=(index,), options=None))
            else:
                tensors[index] = replace(tensors[index], data=data)
        graph = replace(graph, tensors=tuple(tensors))
    return Rewrite(replace(graph, operators=tuple(operators)), tuple(done)) if done else Rewrite(graph)


def _is_constant(graph: Graph, operator: Operator) -> bool:
    inputs = operands(graph, operator)
    if any(graph.tensors[index].elements > LARGEST for index in operator.outputs):
        return False
    return operator.kind in EXECUTORS and bool(inputs) and all(tensor.data is not None for tensor in inputs)
