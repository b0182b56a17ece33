"""SOFTMAX and LOG_SOFTMAX over the last axis."""

from __future__ import annotations

from ..graph import Graph, Operator, SoftmaxOptions
from . import rules


def softmax(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, SoftmaxOptions)
    _rows(graph, operator, options.beta, "1/256", -128)


def log_softmax(graph: Graph, operator: Operator) -> None:
    _rows(graph, operator, 1.0, "1/16", 127)


def _rows(graph: Graph, operator: Operator, beta: float, scale: str, zero_point: int) -> None:
    """Rows whose exponentials can be summed, and an output of the one quantization that the reference kernel writes."""
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_elements(operator, source.shape, output)
    rules.require(len(source.shape) >= 1, operator, "has a scalar input")
    rules.require(source.shape[-1] < 4096, operator, f"sums {source.shape[-1]} values; its 12-bit integer part holds 4095")
    rules.require(
        output.zero_point == zero_point and float(output.scale) == 1 / int(scale[2:]),
        operator,
        f"its output is not quantized to {scale} with zero point {zero_point}",
    )
    factor = beta * float(source.scale) * 2**26
    rules.require(1 < factor < float("inf"), operator, f"beta {beta:g} times its input scale {source.scale:g} is out of range")
