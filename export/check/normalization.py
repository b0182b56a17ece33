"""L2_NORMALIZATION over the last axis."""

from __future__ import annotations

from ..graph import ElementwiseOptions, Graph, Operator
from . import rules

LARGEST_ROW = (2**31 - 1) // 255**2


def l2_normalization(graph: Graph, operator: Operator) -> None:
    """The reference writes steps of 1/128 around 0, whatever the output's quantization."""
    rules.arity(operator, 1, 1)
    options = operator.options
    assert isinstance(options, ElementwiseOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    rules.activation(source, operator)
    rules.activation(output, operator)
    rules.same_elements(operator, source.shape, output)
    rules.require(options.activation == "NONE", operator, f"has the fused activation {options.activation}")
    rules.require(1 <= len(source.shape) <= 4, operator, f"has an input of rank {len(source.shape)}, not 1 to 4")
    rules.require(source.shape[-1] <= LARGEST_ROW, operator, f"its 32-bit sum of {source.shape[-1]} squares can overflow")
