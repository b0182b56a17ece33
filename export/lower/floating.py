"""Operators on float32 → one an_float_… each; floats among the parameters are given by their bits."""

from __future__ import annotations

import numpy as np

from ..geometry import broadcast
from ..graph import ElementwiseOptions, Graph, LeakyReluOptions, Operator
from ..requantization import FLOAT_LIMITS
from .call import Call, Parameter


def binary(graph: Graph, operator: Operator) -> list[Call]:
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    walk = broadcast(first.shape, second.shape)
    low, high = FLOAT_LIMITS[options.activation]
    parameters: dict[str, Parameter] = {
        "sizes": walk.sizes,
        "first_steps": walk.first,
        "second_steps": walk.second,
        "min_bits": _bits(low),
        "max_bits": _bits(high),
    }
    return [Call(operator, f"an_float_{operator.kind.lower()}", (first.index, second.index), output.index, parameters)]


def unary(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    parameters: dict[str, Parameter] = {"size": source.elements}
    if isinstance(operator.options, LeakyReluOptions):
        parameters["alpha_bits"] = _bits(np.float32(operator.options.alpha))
    return [Call(operator, f"an_float_{operator.kind.lower()}", (source.index,), output.index, parameters)]


def _bits(value: np.float32) -> int:
    return int(value.view(np.int32))
