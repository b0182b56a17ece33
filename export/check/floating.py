"""Operators on float32, such as converters leave between DEQUANTIZE and QUANTIZE: those that IEEE arithmetic settles to the last bit."""

from __future__ import annotations

from ..coverage import FLOATS
from ..graph import ElementwiseOptions, Graph, Operator
from . import rules
from .elementwise import operands

# Up to which rank the reference kernels broadcast.
BROADCAST_RANK = {"DIV": 5, "MINIMUM": 5, "MAXIMUM": 5, "SQUARED_DIFFERENCE": 4, "PRELU": 4}


def binary(graph: Graph, operator: Operator) -> None:
    operands(graph, operator, BROADCAST_RANK.get(operator.kind, 6), FLOATS)
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    known = options.activation in ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
    rules.require(known, operator, f"has the fused activation {options.activation}")


def unary(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.movable(source, operator, FLOATS)
    rules.movable(output, operator, FLOATS)
    rules.same_elements(operator, source.shape, output)
