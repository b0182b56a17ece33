"""MEAN and SUM → an_sum, REDUCE_MAX and REDUCE_MIN → an_reduce_max, ARG_MAX and ARG_MIN → an_arg_max, CUMSUM → an_cumsum, ADD_N → an_add_n."""

from __future__ import annotations

from math import prod

from ..fixed_point import quantize_multiplier
from ..geometry import normalized_axes, strides
from ..graph import CumsumOptions, Graph, Operator, Tensor, item_type
from ..requantization import CUMSUM_SHIFT, cumsum_factor
from ..requantization import total as total_factor
from .call import Call, Parameter


def total(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    count = source.elements // output.elements
    multiplier, shift = total_factor(operator.kind, source, output, count)
    parameters: dict[str, Parameter] = {
        "zero_point_sum": count * source.zero_point,
        "output_zero_point": output.zero_point,
        "output_multiplier": multiplier,
        "output_shift": shift,
    }
    return [Call(operator, "an_sum", (source.index,), output.index, _walk(graph, operator) | parameters)]


def extreme(graph: Graph, operator: Operator) -> list[Call]:
    parameters = _walk(graph, operator) | {"complement": _complement("REDUCE_MIN", operator)}
    return [Call(operator, "an_reduce_max", (graph.input_of(operator, 0).index,), operator.outputs[0], parameters)]


def arg_extreme(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    (axis,) = _axes(graph, operator)
    parameters: dict[str, Parameter] = {
        "blocks": prod(source.shape[:axis]),
        "size": source.shape[axis],
        "step": prod(source.shape[axis + 1 :]),
        "complement": _complement("ARG_MIN", operator),
        "item_bytes": item_type(output.dtype).itemsize,
    }
    return [Call(operator, "an_arg_max", (source.index,), output.index, parameters)]


def cumsum(graph: Graph, operator: Operator) -> list[Call]:
    source, output, options = graph.input_of(operator, 0), graph.output_of(operator), operator.options
    assert isinstance(options, CumsumOptions)
    (axis,) = _axes(graph, operator)
    size, step = source.shape[axis], prod(source.shape[axis + 1 :])
    parameters: dict[str, Parameter] = {
        "blocks": prod(source.shape[:axis]),
        "columns": step,
        "size": size,
        "start": (size - 1) * step if options.reverse else 0,
        "step": -step if options.reverse else step,
        "exclusive": int(options.exclusive),
    }
    return [Call(operator, "an_cumsum", (source.index,), output.index, parameters | _from_sums(source, output))]


def add_n(graph: Graph, operator: Operator) -> list[Call]:
    """The operands are packed into one."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    parameters: dict[str, Parameter] = {"count": source.shape[0], "size": output.elements}
    return [Call(operator, "an_add_n", (source.index,), output.index, parameters | _from_sums(source, output))]


def _from_sums(source: Tensor, output: Tensor) -> dict[str, Parameter]:
    multiplier, shift = quantize_multiplier(cumsum_factor(source, output))
    return {
        "input_zero_point": source.zero_point,
        "left_shift": CUMSUM_SHIFT,
        "output_zero_point": output.zero_point,
        "output_multiplier": multiplier,
        "output_shift": shift,
    }


def _complement(minimum: str, operator: Operator) -> int:
    """The bits to flip for a smallest value to be found as a largest one: all of them reverse the order of integers."""
    return -1 if operator.kind == minimum else 0


def _walk(graph: Graph, operator: Operator) -> dict[str, Parameter]:
    """Sizes and steps of the kept and the reduced axes. Neighbours of a kind are merged, so four of each suffice for eight axes."""
    source, reduced = graph.input_of(operator, 0), _axes(graph, operator)
    merged: list[tuple[int, int, bool]] = []
    for axis, (size, step) in enumerate(zip(source.shape, strides(source.shape), strict=True)):
        if size > 1 and merged and merged[-1][2] == (axis in reduced):
            merged[-1] = (merged[-1][0] * size, step, axis in reduced)
        elif size > 1:
            merged.append((size, step, axis in reduced))
    walk: dict[str, Parameter] = {}
    for name, wanted in (("kept", False), ("reduced", True)):
        axes = [(size, step) for size, step, is_reduced in merged if is_reduced == wanted]
        a, b, c, d = [(1, 0)] * (4 - len(axes)) + axes
        walk |= {f"{name}_sizes": (a[0], b[0], c[0], d[0]), f"{name}_steps": (a[1], b[1], c[1], d[1])}
    return walk


def _axes(graph: Graph, operator: Operator) -> tuple[int, ...]:
    axes = graph.input_of(operator, 1).data
    assert axes is not None
    return normalized_axes(axes.reshape(-1).tolist(), len(graph.input_of(operator, 0).shape))
