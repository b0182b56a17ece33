"""Functions of one value, compiled into 256-entry tables: LOGISTIC, RELU …, and QUANTIZE and DEQUANTIZE between types."""

from __future__ import annotations

from ..coverage import COVERAGE
from ..graph import Graph, Operator, Tensor
from . import rules


def rescaling(graph: Graph, operator: Operator) -> None:
    """RELU."""
    source, output = _operands(graph, operator)
    rules.factor(operator, float(source.scale) / float(output.scale))


def quantize(graph: Graph, operator: Operator) -> None:
    """Between 8-bit types, or from a model's float32 input."""
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(output, operator, COVERAGE["QUANTIZE"].writes)
    rules.same_elements(operator, source.shape, output)
    if source.dtype == "float32":
        rules.movable(source, operator, ("float32",))
        return
    rules.activation(source, operator, COVERAGE["QUANTIZE"].reads)
    rules.require("int8" in (source.dtype, output.dtype), operator, f"turns {source.dtype} into {output.dtype}")
    rules.factor(operator, float(source.scale) / float(output.scale))


def dequantize(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator, COVERAGE["DEQUANTIZE"].reads)
    rules.movable(output, operator, COVERAGE["DEQUANTIZE"].writes)
    rules.same_elements(operator, source.shape, output)


def relu6(graph: Graph, operator: Operator) -> None:
    source, _ = _operands(graph, operator)
    rules.fused_activation(operator, "RELU6", source)


def logistic(graph: Graph, operator: Operator) -> None:
    source, output = _operands(graph, operator)
    rules.require(
        output.zero_point == -128 and float(output.scale) == 1 / 256,
        operator,
        "its output is not quantized to 1/256 with zero point -128",
    )
    # The reference moves inputs to 27 fractional bits by a left shift.
    rules.require(2.0**-28 < source.scale < 8, operator, f"its input scale {source.scale:g} is out of range")


def _operands(graph: Graph, operator: Operator) -> tuple[Tensor, Tensor]:
    rules.arity(operator, 1, 1)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_elements(operator, source.shape, output)
    return source, output
