"""Stage 4, lower: operator → kernel calls with packed weights, scratch size and cost. The one place that decides which kernel runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..by_type import by_type
from ..coverage import COVERAGE, INTERNAL
from ..graph import Graph, Operator
from . import (
    activation,
    batch_matmul,
    comparison,
    convolution,
    elementwise,
    floating,
    fully_connected,
    movement,
    normalization,
    pooling,
    rearrangement,
    reduction,
    resize,
    slicing,
    softmax,
    svdf,
)
from .attention import KERNELS, attend, expansions, gates_second
from .call import Call
from .dsp import DSP_LOWERINGS, DSP_ROW_LOWERINGS
from .mve import MVE_LOWERINGS, MVE_ROW_LOWERINGS
from .outputs import own_outputs
from .states import keep_states
from .sums import packed_sums
from .thumb import THUMB_LOWERINGS

LOWERINGS: dict[str, Callable[[Graph, Operator], list[Call]]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "TRANSPOSE_CONV": convolution.transpose_conv,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "BATCH_MATMUL": batch_matmul.batch_matmul,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
    "ADD": by_type(elementwise.in_common_scale, floating.binary),
    "MUL": by_type(elementwise.mul, floating.binary),
    "MEAN": reduction.total,
    "SUM": reduction.total,
    "REDUCE_MAX": reduction.extreme,
    "REDUCE_MIN": reduction.extreme,
    "ARG_MAX": reduction.arg_extreme,
    "ARG_MIN": reduction.arg_extreme,
    "CUMSUM": reduction.cumsum,
    "ADD_N": reduction.add_n,
    "SUB": by_type(elementwise.in_common_scale, floating.binary),
    "SQUARED_DIFFERENCE": by_type(elementwise.in_common_scale, floating.binary),
    "PRELU": by_type(elementwise.prelu, floating.binary),
    "MINIMUM": by_type(elementwise.minimum_maximum, floating.binary),
    "MAXIMUM": by_type(elementwise.minimum_maximum, floating.binary),
    "GREATER": comparison.compare,
    "GREATER_EQUAL": comparison.compare,
    "LESS": comparison.compare,
    "LESS_EQUAL": comparison.compare,
    "EQUAL": comparison.compare,
    "NOT_EQUAL": comparison.compare,
    "LOGICAL_AND": comparison.logical,
    "LOGICAL_OR": comparison.logical,
    "LOGICAL_NOT": comparison.logical_not,
    "SELECT_V2": comparison.select,
    "CAST": activation.cast,
    "DIV": floating.binary,
    "NEG": floating.unary,
    "SQUARE": floating.unary,
    "FLOOR": floating.unary,
    "CEIL": floating.unary,
    "ROUND": floating.unary,
    "SQRT": floating.unary,
    "LOGISTIC": activation.unary,
    "RELU": by_type(activation.unary, floating.unary),
    "RELU6": by_type(activation.unary, floating.unary),
    "RELU_N1_TO_1": activation.unary,
    "RELU_0_TO_1": activation.unary,
    "TANH": activation.unary,
    "HARD_SWISH": by_type(activation.unary, floating.unary),
    "LEAKY_RELU": by_type(activation.unary, floating.unary),
    "ELU": activation.unary,
    "ABS": by_type(activation.unary, floating.unary),
    "RSQRT": by_type(activation.unary, floating.unary),
    "QUANTIZE": activation.quantize,
    "DEQUANTIZE": activation.dequantize,
    "LOOKUP": activation.lookup,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "RESIZE_BILINEAR": resize.resize_bilinear,
    "PAD": movement.pad,
    "PADV2": movement.pad_v2,
    "RESHAPE": movement.copy,
    "CONCATENATION": movement.concatenation,
    "SQUEEZE": movement.copy,
    "EXPAND_DIMS": movement.copy,
    "PACK": movement.pack,
    "MIRROR_PAD": movement.mirror_pad,
    "UNPACK": slicing.unpack,
    "SPLIT": slicing.split,
    "SPLIT_V": slicing.split_v,
    "SLICE": slicing.slice_,
    "STRIDED_SLICE": slicing.strided_slice,
    "GATHER": slicing.gather,
    "TRANSPOSE": rearrangement.transpose,
    "REVERSE_V2": rearrangement.reverse,
    "BROADCAST_TO": rearrangement.broadcast_to,
    "SPACE_TO_DEPTH": rearrangement.space_to_depth,
    "DEPTH_TO_SPACE": rearrangement.depth_to_space,
    "SPACE_TO_BATCH_ND": rearrangement.space_to_batch,
    "BATCH_TO_SPACE_ND": rearrangement.batch_to_space,
    "SOFTMAX": softmax.softmax,
    "LOG_SOFTMAX": softmax.log_softmax,
    "L2_NORMALIZATION": normalization.l2_normalization,
    "SVDF": svdf.svdf,
}


# What a core of a tier can run beside the portable kernels.
_Lowerings = tuple[tuple[str, dict[str, Callable[[Graph, Operator], Call | str]]], ...]
_DSP: _Lowerings = (("dsp", DSP_LOWERINGS), ("dsp row", DSP_ROW_LOWERINGS))
TIER_LOWERINGS: dict[str, _Lowerings] = {
    "portable": (),
    "thumb": (("thumb", THUMB_LOWERINGS),),
    "dsp": _DSP,
    "mve": (("mve", MVE_LOWERINGS), ("mve row", MVE_ROW_LOWERINGS), *_DSP),
}


# Operators that change the shape and nothing else.
VIEWS = frozenset({"RESHAPE", "SQUEEZE", "EXPAND_DIMS"})


@dataclass(frozen=True, eq=False)
class Lowering:
    """The kernel calls of a graph in order, and for every tensor that is another one's bytes under a new shape, that other tensor.

    ``kept`` is, for every state, the tensor that an inference leaves where it found the state.
    """

    graph: Graph
    calls: tuple[Call, ...]
    aliases: dict[int, int]
    kept: tuple[int, ...] = ()
    tier: str = "portable"

    def storage(self, tensor: int) -> int:
        """The tensor whose bytes ``tensor`` is."""
        return self.aliases.get(tensor, tensor)


def lower(graph: Graph, tier: str = "portable") -> Lowering:
    """Kernels of ``tier`` where they are the cheaper ones.

    A view becomes an alias, except where two buffers of the caller, or one and a state, would become one: there it copies.
    """
    graph = packed_sums(own_outputs(graph))
    aliases: dict[int, int] = {}
    external = set(graph.sources) | {
        index
        for operator in graph.operators
        if operator.kind not in VIEWS
        for index in operator.outputs
        if index in graph.outputs
    }
    calls: list[Call] = []
    doubling = {} if tier == "portable" else expansions(graph)
    doubled = {resize.index for resize in doubling.values()}
    for operator in graph.operators:
        if operator.index in doubled:
            continue
        if operator.kind in VIEWS:
            source, output = graph.input_of(operator, 0), graph.output_of(operator)
            root = aliases.get(source.index, source.index)
            is_output = output.index in graph.outputs
            if source.data is None and not (is_output and root in external):
                aliases[output.index] = root
                external |= {root} if is_output else set()
                continue
            external |= {output.index} if is_output else set()
        lowered = (
            _attended(graph, operator, doubling[operator.index], tier)
            if operator.index in doubling
            else _cheapest(graph, operator, tier)
        )
        for call in lowered:
            kernels = (COVERAGE | INTERNAL)[call.operator.kind].kernels
            assert call.kernel in (*kernels, "an_copy_blocks"), call.operator.kind
        calls += lowered
    graph, calls, kept = keep_states(graph, calls, aliases)
    return Lowering(graph, tuple(calls), aliases, kept, tier)


def _attended(graph: Graph, operator: Operator, resize: Operator, tier: str) -> list[Call]:
    """A MUL by a doubled operand: in one call where its kernel can, else what is doubled is made after all."""
    product = gates_second(operator, resize)
    calls = _cheapest(graph, product, tier)
    if len(calls) == 1 and calls[0].kernel in KERNELS:
        return [attend(graph, operator, resize, calls[0])]
    return [*LOWERINGS[resize.kind](graph, resize), *calls]


def _cheapest(graph: Graph, operator: Operator, tier: str) -> list[Call]:
    """The portable calls, or the cheapest of those that the tier has; what was not taken is told beside it."""
    portable = LOWERINGS[operator.kind](graph, operator)
    if len(portable) != 1:
        return portable
    special, reasons = _special(graph, operator, tier)
    if not special and not reasons:
        return portable
    calls = sorted([*portable, *special], key=lambda call: call.least_cost)
    others = [(call.kernel, call.least_cost) for call in calls[1:]]
    return [replace(calls[0], alternatives=(*others, *reasons))]


def with_kernel(graph: Graph, operator: Operator, tier: str, kernel: str) -> Call | None:
    """The call of ``operator`` by this kernel of the tier; None where that cannot compute it, or takes several calls."""
    portable = LOWERINGS[operator.kind](graph, operator)
    calls = [*(portable if len(portable) == 1 else ()), *_special(graph, operator, tier)[0]]
    return next((call for call in calls if call.kernel == kernel), None)


def _special(graph: Graph, operator: Operator, tier: str) -> tuple[list[Call], list[tuple[str, str]]]:
    """Calls of the kernels that a tier has of its own, and why others of them cannot be taken."""
    calls, reasons = [], []
    for name, lowerings in TIER_LOWERINGS[tier]:
        if operator.kind in lowerings:
            special = lowerings[operator.kind](graph, operator)
            if isinstance(special, str):
                reasons.append((f"{name} kernel", special))
            else:
                calls.append(special)
    return calls, reasons
