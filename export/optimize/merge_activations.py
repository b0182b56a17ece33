"""A clamp behind an operator that clamps its output anyway becomes part of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..decision import Decision
from ..graph import Clamped, Graph, Operator
from ..requantization import common_scale, multiplication, output_limits
from .rewrite import (
    UNARY,
    WEIGHTED,
    Rewrite,
    channel_factors,
    is_activation,
    is_pointwise,
    is_private,
    producers,
    readers,
    saving,
    table_of,
)

# These clamp by ``output_limits`` as the last thing they do.
POOLING = frozenset({"AVERAGE_POOL_2D", "MAX_POOL_2D"})
CLAMPING = POOLING | WEIGHTED | {"ADD", "MUL", "SUB"}

# Of these a reader of the plan would expect it.
CLAMPS = frozenset({"QUANTIZE", "RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1"})


def merge_activations(graph: Graph) -> Rewrite:
    """The producer writes the follower's output tensor, with limits that intersect both clamps."""
    producing, reading = producers(graph), readers(graph)
    merged: dict[int, Operator] = {}
    gone: set[int] = set()
    done, kept = [], []
    for operator in graph.operators:
        source = operator.inputs[0] if operator.inputs else None
        if operator.kind not in UNARY or source is None or source not in producing or not is_pointwise(graph, operator):
            continue
        producer = merged.get(producing[source].index, producing[source])
        options = producer.options
        if producer.kind not in CLAMPING or not isinstance(options, Clamped) or not is_activation(graph.output_of(producer)):
            continue
        limits = _merged_limits(graph, producer, options, operator)
        if limits is None or not is_private(graph, reading, source):
            if operator.kind in CLAMPS:
                reason = "it is more than a clamp of the same numbers" if limits is None else "others read what it reads"
                kept.append(Decision(operator.name, "kept", f"merging {operator.kind} into {producer.kind}", reason, "nothing"))
            continue
        joined = replace(producer, outputs=operator.outputs, options=replace(options, limits=limits))
        merged[producer.index] = joined
        producing[operator.outputs[0]] = joined
        gone.add(operator.index)
        saved = saving(calls=1, buffers=graph.tensors[source].elements)
        reason = f"a clamp to {limits[0]} to {limits[1]} of the same numbers"
        done.append(Decision(operator.name, f"merged into {producer.name}", operator.kind, reason, saved))
    if not done:
        return Rewrite(graph, kept=tuple(kept))
    operators = tuple(merged.get(o.index, o) for o in graph.operators if o.index not in gone)
    return Rewrite(replace(graph, operators=operators), tuple(done), tuple(kept))


def _merged_limits(graph: Graph, producer: Operator, options: Clamped, follower: Operator) -> tuple[int, int] | None:
    """The clamp with which the producer gives the follower's bytes; None where none does.

    The follower must be v → clip(v + shift) on all values that the producer gives. The producer must make the same v + shift by itself when
    it writes the follower's tensor: with the same scale its requantization is the same, up to the zero point that it adds last.
    """
    between, output = graph.output_of(producer), graph.output_of(follower)
    low, high = output_limits(options, between)
    if low > high or not is_activation(output):
        return None
    values = np.arange(low, high + 1)
    after = table_of(graph, [follower], between.index)[values + 128].astype(np.int64)
    shift = 0 if producer.kind in POOLING else output.zero_point - between.zero_point
    limits = int(after[0]), int(after[-1])
    if not np.array_equal(after, np.clip(values + shift, *limits)):
        return None
    same = producer.kind in POOLING or (between.scale == output.scale and (shift == 0 or _far_from_wrapping(graph, producer)))
    return limits if same else None


def _far_from_wrapping(graph: Graph, operator: Operator) -> bool:
    """Whether adding any zero point to what is requantized stays within 32 bits.

    Whatever the sum, its product with a multiplier m and a shift s is at most m * 2^min(s, 0): the left shift is done in 32 bits before.
    """
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    factors: list[tuple[int, int]]
    if operator.kind in ("ADD", "SUB"):
        factors = [common_scale(graph, operator).output]
    elif operator.kind == "MUL":
        factors = [multiplication(source, graph.input_of(operator, 1), output)]
    elif operator.kind in WEIGHTED:
        channels = channel_factors(graph, operator)
        factors = list(zip(channels.multiplier.tolist(), channels.shift.tolist(), strict=True))
    else:
        return False
    return all(multiplier >> max(0, -shift) < 2**31 - 512 for multiplier, shift in factors)
