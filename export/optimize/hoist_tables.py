"""A table behind an enlargement moves in front of it, where there are fewer values to look up."""

from __future__ import annotations

from dataclasses import replace

from ..decision import Decision
from ..graph import Graph, Operator, Tensor
from .rewrite import UNARY, Rewrite, is_activation, is_pointwise, is_private, lookup, producers, readers, table_of


def hoist_tables(graph: Graph) -> Rewrite:
    """RESIZE_NEAREST_NEIGHBOR copies bytes: f(resize(x)) = resize(f(x)). A table reads bytes, so the resize's quantization may change."""
    producing, reading = producers(graph), readers(graph)
    moved: dict[int, Operator] = {}
    done: list[Decision] = []
    for operator in graph.operators:
        resize = producing.get(operator.inputs[0]) if operator.kind in UNARY and operator.inputs[0] is not None else None
        if resize is None or resize.index in moved or not _worthwhile(graph, operator, resize, reading):
            continue
        enlarged, output, source = graph.output_of(resize), graph.output_of(operator), graph.input_of(resize, 0)
        small = Tensor(len(graph.tensors), f"{output.name}/before_resize", source.shape, "int8", output.quantization)
        table = table_of(graph, [operator], enlarged.index)
        graph = replace(graph, tensors=(*graph.tensors, small))
        graph, first = lookup(graph, replace(operator, outputs=(small.index,)), source.index, table)
        moved[resize.index] = first
        moved[operator.index] = replace(resize, inputs=(small.index, *resize.inputs[1:]), outputs=operator.outputs)
        saved = f"{enlarged.elements - source.elements:,} of {enlarged.elements:,} look-ups"
        done.append(Decision(operator.name, "before the resize", "after it", "the resize copies bytes", saved))
    if not done:
        return Rewrite(graph)
    return Rewrite(replace(graph, operators=tuple(moved.get(o.index, o) for o in graph.operators)), tuple(done))


def _worthwhile(graph: Graph, operator: Operator, resize: Operator, reading: dict[int, list[Operator]]) -> bool:
    if resize.kind != "RESIZE_NEAREST_NEIGHBOR" or not is_pointwise(graph, operator):
        return False
    enlarged, source = graph.output_of(resize), graph.input_of(resize, 0)
    fewer = source.elements < enlarged.elements
    return fewer and is_activation(source) and source.data is None and is_private(graph, reading, enlarged.index)
