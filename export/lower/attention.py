"""Selective attention: a MUL by what RESIZE_NEAREST_NEIGHBOR has doubled becomes one call, and the doubled map is never made."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from ..graph import Graph, Operator, ResizeOptions
from ..optimize.rewrite import is_private, producers, readers
from ..requantization import nearest_indices
from .call import Call, Parameter

KERNELS = {f"an_{tier}_mul": f"an_{tier}_attend" for tier in ("thumb", "dsp", "mve")}
"""The kernel that multiplies whole rows → the one that expands the gates on the way."""


def expansions(graph: Graph) -> dict[int, Operator]:
    """MUL → the RESIZE_NEAREST_NEIGHBOR by exactly two of one of its operands, which nobody else reads; by the MUL's index."""
    producing, reading = producers(graph), readers(graph)
    found = {}
    for operator in graph.operators:
        if operator.kind != "MUL":
            continue
        for index in operator.inputs:
            if index is None or index not in producing or not is_private(graph, reading, index):
                continue
            if _doubles(graph, operator, producing[index]):
                found[operator.index] = producing[index]
    return found


def _doubles(graph: Graph, operator: Operator, resize: Operator) -> bool:
    if resize.kind != "RESIZE_NEAREST_NEIGHBOR" or not isinstance(resize.options, ResizeOptions):
        return False
    source, output = graph.input_of(resize, 0), graph.output_of(resize)
    if output.dtype != "int8" or any(graph.input_of(operator, i).shape != output.shape for i in range(2)):
        return False
    options = resize.options
    return all(
        output.shape[axis] == 2 * source.shape[axis]
        and np.array_equal(
            nearest_indices(source.shape[axis], output.shape[axis], options.align_corners, options.half_pixel_centers),
            np.arange(output.shape[axis]) // 2,
        )
        for axis in (1, 2)
    )


def gates_second(operator: Operator, resize: Operator) -> Operator:
    """The MUL with the doubled operand behind the other."""
    expanded = resize.outputs[0]
    (values,) = (index for index in operator.inputs if index != expanded)
    return replace(operator, inputs=(values, expanded))


def attend(graph: Graph, operator: Operator, resize: Operator, product: Call) -> Call:
    """``product`` is the call of the whole MUL, ``gates_second``."""
    source = graph.input_of(resize, 0)
    batches, height, width, channels = source.shape
    row = 2 * width * channels
    parameters: dict[str, Parameter] = {"rows": batches * height, "columns": width, "channels": channels}
    parameters |= {f"product.{name}": row if name == "size" else value for name, value in product.parameters.items()}
    return replace(
        product,
        operator=operator,
        kernel=KERNELS[product.kernel],
        inputs=(product.inputs[0], source.index),
        parameters=parameters,
        scratch=row,
        cost=product.cost + prod(source.shape),
    )
