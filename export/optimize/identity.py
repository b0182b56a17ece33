"""Operators that return their input's bytes become RESHAPE, which costs nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..graph import Graph, Operator, PoolingOptions, ResizeOptions
from ..requantization import nearest_indices, unary_table


def remove_identities(graph: Graph) -> tuple[Graph, list[Operator]]:
    """The rewritten graph and the operators that went."""
    removed = [operator for operator in graph.operators if _is_identity(graph, operator)]
    indices = {operator.index for operator in removed}
    operators = tuple(
        replace(operator, kind="RESHAPE", inputs=operator.inputs[:1], options=None) if operator.index in indices else operator
        for operator in graph.operators
    )
    return replace(graph, operators=operators), removed


def _is_identity(graph: Graph, operator: Operator) -> bool:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    options = operator.options
    if {source.dtype, output.dtype} != {"int8"}:
        return False
    if operator.kind in ("QUANTIZE", "RELU", "RELU6"):
        return bool(np.array_equal(unary_table(operator.kind, source, output), np.arange(-128, 128)))
    if operator.kind in ("PAD", "PADV2", "CONCATENATION"):
        return source.elements == output.elements
    if isinstance(options, ResizeOptions):
        return all(
            np.array_equal(
                nearest_indices(source.shape[axis], output.shape[axis], options.align_corners, options.half_pixel_centers),
                np.arange(source.shape[axis]),
            )
            for axis in (1, 2)
        )
    if isinstance(options, PoolingOptions):
        return options.window == (1, 1) and options.stride == (1, 1) and options.activation == "NONE"
    return False
