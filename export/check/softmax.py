"""SOFTMAX over the last axis."""

from __future__ import annotations

from ..graph import Graph, Operator, SoftmaxOptions
from . import rules


def softmax(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    options = operator.options
    assert isinstance(options, SoftmaxOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_elements(operator, source.shape, output)
    rules.require(len(source.shape) >= 1, operator, "has a scalar input")
    rules.require(source.shape[-1] < 4096, operator, f"sums {source.shape[-1]} values; its 12-bit integer part holds 4095")
    rules.require(
        output.zero_point == -128 and float(output.scale) == 1 / 256,
        operator,
        "its output is not quantized to 1/256 with zero point -128",
    )
    factor = float(options.beta) * float(source.scale) * 2**26
    rules.require(
        1 < factor < float("inf"), operator, f"beta {options.beta:g} times its input scale {source.scale:g} is out of range"
    )
