"""Which channels of which tensors must stay."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..graph import Graph, Operator
from .channels import Known, foldable, has_channels, is_dense, taps, ties

Kept = dict[int, np.ndarray]
Rule = Callable[[Kept], None]


def kept_channels(graph: Graph, known: dict[int, Known]) -> Kept:
    """Tensor → bool [channels], for every int8 tensor.

    The caller's tensors stay whole. A weighted sum needs an input channel unless its weights are zero for all outputs that stay, or the
    channel adds a constant. Operators that work channel by channel keep a channel on both sides or on neither. All others need everything.
    """
    kept = {tensor.index: np.zeros(tensor.shape[-1], bool) for tensor in graph.tensors if has_channels(tensor)}
    for index in (*graph.sources, *graph.results):
        if index in kept:
            kept[index][:] = True
    rules = [_rule(graph, operator, known) for operator in graph.operators]
    _settle(kept, rules)
    while _keep_some(graph, kept):
        _settle(kept, rules)
    return kept


def _settle(kept: Kept, rules: list[Rule]) -> None:
    """Apply the rules, which only ever keep more, until nothing changes."""
    before = -1
    while (count := sum(int(mask.sum()) for mask in kept.values())) != before:
        before = count
        for rule in (*reversed(rules), *rules):
            rule(kept)


def _keep_some(graph: Graph, kept: Kept) -> bool:
    """No tensor loses all its channels, and none of several scales of FULLY_CONNECTED stays alone: one scale is rounded otherwise."""
    least = {
        operator.outputs[0]: 2
        for operator in graph.operators
        if operator.kind == "FULLY_CONNECTED" and _scales(graph, operator) > 1
    }
    changed = False
    for index, mask in kept.items():
        missing = min(least.get(index, 1), mask.size) - int(mask.sum())
        if missing > 0:
            mask[np.flatnonzero(~mask)[:missing]] = True
            changed = True
    return changed


def _scales(graph: Graph, operator: Operator) -> int:
    quantization = graph.input_of(operator, 1).quantization
    return 0 if quantization is None else quantization.scale.size


def _rule(graph: Graph, operator: Operator, known: dict[int, Known]) -> Rule:
    if is_dense(graph, operator):
        return _sums(graph, operator, known)
    tied = ties(graph, operator)
    if tied is None:
        return _everything(operator)
    return _together(graph, operator, tied)


def _sums(graph: Graph, operator: Operator, known: dict[int, Known]) -> Rule:
    source, output = graph.input_of(operator, 0).index, operator.outputs[0]
    needs = taps(graph, operator).any(axis=1) & ~foldable(graph, operator, known[source])

    def rule(kept: Kept) -> None:
        kept[source] |= needs[kept[output]].any(axis=0)

    return rule


def _everything(operator: Operator) -> Rule:
    def rule(kept: Kept) -> None:
        for index in (*operator.inputs, *operator.outputs):
            if index in kept:
                kept[index][:] = True

    return rule


def _together(graph: Graph, operator: Operator, tied: dict[int, np.ndarray]) -> Rule:
    output = operator.outputs[0]
    whole = [i for i in operator.inputs if i is not None and i not in tied and has_channels(graph.tensors[i])]
    whole = [] if operator.kind == "DEPTHWISE_CONV_2D" else whole

    def rule(kept: Kept) -> None:
        for index, mapping in tied.items():
            here = mapping >= 0
            np.logical_or.at(kept[index], mapping[here], kept[output][here])
            kept[output][here] |= kept[index][mapping[here]]
        for index in whole:
            kept[index][:] = True

    return rule
