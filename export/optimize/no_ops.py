"""Operators that return their input's bytes, and operators whose output nobody reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..decision import Decision
from ..graph import Graph, Operator, PoolingOptions, Tensor
from ..reference import EXECUTORS
from ..requantization import output_limits
from .rewrite import BYTES, LARGEST, MOVEMENT, Rewrite, evaluate, is_pointwise, same_quantization, saving, table_of, variables


def no_ops(graph: Graph) -> Rewrite:
    """The readers of an identity read its input; where shape or quantization change, it becomes a RESHAPE, which costs nothing."""
    graph, unread = _without_unread(graph)
    stands_for: dict[int, int] = {}
    operators: list[Operator] = []
    removed: list[tuple[Operator, Tensor]] = []
    for original in graph.operators:
        inputs = tuple(None if index is None else stands_for.get(index, index) for index in original.inputs)
        operator = original if inputs == original.inputs else replace(original, inputs=inputs)
        source = _copied(graph, operator)
        if source is None:
            operators.append(operator)
            continue
        output = graph.output_of(operator)
        if operator.kind != "RESHAPE":
            removed.append((operator, output))
        if output.index not in graph.results and output.shape == source.shape and same_quantization(source, output):
            stands_for[output.index] = source.index
        elif operator.kind == "RESHAPE":
            operators.append(operator)
        else:
            operators.append(replace(operator, kind="RESHAPE", inputs=(source.index,), options=None))
    if not removed and not unread and not stands_for:
        return Rewrite(graph)
    reason = "its output is its input, byte for byte"
    done = [Decision(o.name, "removed", o.kind, reason, saving(calls=1, buffers=t.elements)) for o, t in removed]
    done += [Decision(o.name, "removed", o.kind, "nobody reads its output", saving(calls=1)) for o in unread]
    return Rewrite(replace(graph, operators=tuple(operators)), tuple(done))


def _without_unread(graph: Graph) -> tuple[Graph, list[Operator]]:
    needed = set(graph.results)
    kept: list[Operator] = []
    unread: list[Operator] = []
    for operator in reversed(graph.operators):
        # Without outputs, it is there for an effect that no tensor shows.
        if operator.outputs and needed.isdisjoint(operator.outputs):
            unread.append(operator)
        else:
            kept.append(operator)
            needed.update(index for index in operator.inputs if index is not None)
    return (replace(graph, operators=tuple(reversed(kept))) if unread else graph), unread[::-1]


def _copied(graph: Graph, operator: Operator) -> Tensor | None:
    """The one variable input whose bytes are provably the output's."""
    inputs = variables(graph, operator)
    if len(inputs) != 1 or len(operator.outputs) != 1 or operator.kind not in EXECUTORS:
        return None
    (source,) = inputs
    output = graph.output_of(operator)
    if source.dtype != output.dtype or output.dtype != "int8" or source.elements != output.elements:
        return None
    options = operator.options
    if isinstance(options, PoolingOptions) and operator.kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
        same = options.window == options.stride == (1, 1) and output.shape == source.shape
        same = same and output_limits(options, output) == (-128, 127)
    elif is_pointwise(graph, operator):
        same = np.array_equal(table_of(graph, [operator], source.index), BYTES)
    else:
        same = operator.kind == "RESHAPE" or (operator.kind in MOVEMENT and _moves_nothing(graph, operator, source))
    return source if same else None


def _moves_nothing(graph: Graph, operator: Operator, source: Tensor) -> bool:
    """Whether every byte goes to its own position, for an operator that only moves bytes.

    The positions, written in base 256 and passed digit by digit, come out as they went in; so do the digits inverted, which no constant
    byte in the output could match as well.
    """
    if source.elements > LARGEST:
        return False
    positions = np.arange(source.elements)
    digits = [
        (positions >> shift).astype(np.uint8).view(np.int8) for shift in range(0, max(1, source.elements.bit_length()), 8)
    ]
    return all(
        np.array_equal(evaluate(graph, operator, {source.index: probe.reshape(source.shape)})[0].reshape(-1), probe)
        for probe in [*digits, ~digits[0]]
    )
