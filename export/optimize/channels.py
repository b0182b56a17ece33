"""What the channels of a tensor (its last axis) have to do with those of another: operator by operator, and which are constant."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..fixed_point import INT8_MAX, INT8_MIN, INT32_MAX, multiply_by_quantized_multiplier
from ..geometry import explicit_padding
from ..graph import ConcatenationOptions, ConvolutionOptions, FullyConnectedOptions, Graph, Operator, PoolingOptions, Tensor
from ..reference import EXECUTORS
from ..requantization import output_limits
from .rewrite import BINARY, LARGEST, UNARY, channel_factors, evaluate, is_activation, operands

DENSE = frozenset({"CONV_2D", "FULLY_CONNECTED"})
POOLING = frozenset({"AVERAGE_POOL_2D", "MAX_POOL_2D"})
RESIZING = frozenset({"RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"})
PADDING = frozenset({"PAD", "PADV2"})
REDUCING = frozenset({"MEAN", "REDUCE_MAX", "REDUCE_MIN", "SUM"})


@dataclass(frozen=True, eq=False)
class Known:
    """Per channel of a tensor: whether it has one value everywhere, bool [channels], and that value, int8 [channels]."""

    mask: np.ndarray
    value: np.ndarray

    def or_zero(self, tensor: Tensor) -> np.ndarray:
        """The values, and the zero point where there is none."""
        return np.where(self.mask, self.value, tensor.zero_point).astype(np.int8)


def has_channels(tensor: Tensor) -> bool:
    return is_activation(tensor) and len(tensor.shape) >= 1


def ties(graph: Graph, operator: Operator) -> dict[int, np.ndarray] | None:
    """Where every output channel depends on single input channels: tensor → for every output channel its input channel, -1 for none.

    None where that is not so, or not known to be so.
    """
    if operator.kind not in EXECUTORS or len(operator.outputs) != 1 or not has_channels(graph.output_of(operator)):
        return None
    if None in operator.inputs[:1] or not operator.inputs:
        return None
    output, source = graph.output_of(operator), graph.input_of(operator, 0)
    if operator.kind == "CONCATENATION":
        return _joined(graph, operator)
    if not has_channels(source):
        return None
    channels, depth = output.shape[-1], source.shape[-1]
    if operator.kind == "DEPTHWISE_CONV_2D":
        return {source.index: np.arange(channels) // (channels // depth)}
    if operator.kind == "RESHAPE":
        return {source.index: np.arange(channels) % depth} if channels % depth == 0 else None
    if operator.kind in BINARY:
        inputs = operands(graph, operator)
        if not all(has_channels(tensor) or tensor.elements == 1 for tensor in inputs):
            return None
        return {t.index: np.arange(channels) for t in inputs if has_channels(t) and t.shape[-1] == channels} or None
    return {source.index: np.arange(channels)} if channels == depth and _keeps_channels_apart(graph, operator, source) else None


def _keeps_channels_apart(graph: Graph, operator: Operator, source: Tensor) -> bool:
    """Whether an operator on one tensor does the same to every channel, by itself."""
    if operator.kind in UNARY | POOLING | RESIZING:
        return True
    setting = graph.input_of(operator, 1).data if operator.kind in PADDING | REDUCING else None
    if setting is None:
        return False
    if operator.kind in PADDING:
        return not setting.reshape(-1, 2)[-1].any()
    return all(int(axis) % len(source.shape) != len(source.shape) - 1 for axis in setting.reshape(-1))


def _joined(graph: Graph, operator: Operator) -> dict[int, np.ndarray] | None:
    options, output, inputs = operator.options, graph.output_of(operator), operands(graph, operator)
    assert isinstance(options, ConcatenationOptions)
    channels = output.shape[-1]
    if not all(has_channels(tensor) for tensor in inputs) or len({tensor.index for tensor in inputs}) != len(inputs):
        return None
    if options.axis % len(output.shape) != len(output.shape) - 1:
        return {tensor.index: np.arange(channels) for tensor in inputs}
    result, start = {}, 0
    for tensor in inputs:
        own = np.arange(channels) - start
        result[tensor.index] = np.where((own >= 0) & (own < tensor.shape[-1]), own, -1)
        start += tensor.shape[-1]
    return result


def _constant(graph: Graph, operator: Operator, position: int) -> np.ndarray:
    data = graph.input_of(operator, position).data
    assert data is not None
    return data


def is_dense(graph: Graph, operator: Operator) -> bool:
    """Every output channel is a weighted sum of input channels: FULLY_CONNECTED, and CONV_2D without groups.

    Weights with a zero point are left alone: there a stored 0 is not nothing.
    """
    if operator.kind not in DENSE or not has_channels(graph.input_of(operator, 0)):
        return False
    weights = graph.input_of(operator, 1)
    if weights.data is None or weights.quantization is None or weights.quantization.zero_point.any():
        return False
    depth, channels = weights.shape[-1], graph.input_of(operator, 0).shape[-1]
    return depth == channels if operator.kind == "CONV_2D" else depth % channels == 0


def taps(graph: Graph, operator: Operator) -> np.ndarray:
    """The weights of a dense operator by channel: int8 [output channels, taps, input channels]."""
    weights = _constant(graph, operator, 1)
    return weights.reshape(weights.shape[0], -1, graph.input_of(operator, 0).shape[-1])


def touches_padding(graph: Graph, operator: Operator) -> bool:
    """Whether some window reaches beyond the input, where constants other than the zero point are missing."""
    options = operator.options
    if not isinstance(options, ConvolutionOptions):
        return False
    window = graph.input_of(operator, 1).shape[1:3]
    sides = explicit_padding(graph.input_of(operator, 0).shape, window, options.stride, options.dilation, options.padding)
    return any(before or after for before, after in sides)


def foldable(graph: Graph, operator: Operator, known: Known) -> np.ndarray:
    """Which constant input channels add the same to every sum of an operator with weights: bool [input channels]."""
    return known.mask & ((known.value == graph.input_of(operator, 0).zero_point) | (not touches_padding(graph, operator)))


def constant_channels(graph: Graph) -> dict[int, Known]:
    """The constant channels of every int8 tensor; the reference executor computes their values."""
    known = {tensor.index: _of_constant(tensor) for tensor in graph.tensors if has_channels(tensor) and tensor.data is not None}
    nothing = {t.index: _nothing(t.shape[-1]) for t in graph.tensors if has_channels(t) and t.data is None}
    known |= nothing
    for operator in graph.operators:
        if len(operator.outputs) == 1 and operator.outputs[0] in nothing and operator.kind in EXECUTORS:
            known[operator.outputs[0]] = _after(graph, operator, known)
    return known


def _nothing(channels: int) -> Known:
    return Known(np.zeros(channels, bool), np.zeros(channels, np.int8))


def _of_constant(tensor: Tensor) -> Known:
    assert tensor.data is not None
    rows = tensor.data.reshape(-1, tensor.shape[-1])
    return Known((rows == rows[:1]).all(axis=0), rows[0]) if rows.size else _nothing(tensor.shape[-1])


def _after(graph: Graph, operator: Operator, known: dict[int, Known]) -> Known:
    """The constant channels of an operator's output."""
    channels = graph.output_of(operator).shape[-1]
    if operator.kind in DENSE:
        return _after_sums(graph, operator, known) if is_dense(graph, operator) else _nothing(channels)
    tied = ties(graph, operator)
    if tied is None or not (operator.kind == "DEPTHWISE_CONV_2D" or any(known[index].mask.any() for index in tied)):
        return _nothing(channels)
    if operator.kind == "DEPTHWISE_CONV_2D":
        return _after_depthwise(graph, operator, known[graph.input_of(operator, 0).index])
    if operator.kind in ("RESHAPE", "CONCATENATION"):
        return _after_moves(tied, known)
    if operator.kind in UNARY | BINARY:
        return _after_pointwise(graph, operator, known)
    source = known[graph.input_of(operator, 0).index]
    if operator.kind in POOLING:
        return _after_pool(graph, operator, source)
    return _after_image(graph, operator, source)


def _after_sums(graph: Graph, operator: Operator, known: dict[int, Known]) -> Known:
    source = known[graph.input_of(operator, 0).index]
    varying = ~foldable(graph, operator, source)
    mask = ~np.any(taps(graph, operator).any(axis=1) & varying, axis=1) | _steady(graph, operator, taps(graph, operator))
    return Known(mask, _at_one_place(graph, operator, source)) if mask.any() else _nothing(mask.size)


def _after_depthwise(graph: Graph, operator: Operator, source: Known) -> Known:
    weights = _constant(graph, operator, 1)
    weighted = np.any(weights.reshape(-1, weights.shape[-1]), axis=0)
    mask = ~weighted | foldable(graph, operator, source).repeat(weighted.size // source.mask.size)
    mask |= _steady(graph, operator, weights.reshape(-1, weighted.size, 1).swapaxes(0, 1))
    return Known(mask, _at_one_place(graph, operator, source)) if mask.any() else _nothing(mask.size)


def _steady(graph: Graph, operator: Operator, weights: np.ndarray) -> np.ndarray:
    """Whether the least and the largest possible sum requantize to one value: bool [output channels], for weights [channels, …, …].

    So do filters that training has faded out: with a scale of their own their weights are as large as any, and their sums count for nothing.
    Padding lies between the extremes, and requantization is monotonic as long as it stays within 32 bits.
    """
    source, output, options = graph.input_of(operator, 0), graph.output_of(operator), operator.options
    assert isinstance(options, ConvolutionOptions | FullyConnectedOptions)
    low, high = INT8_MIN - source.zero_point, INT8_MAX - source.zero_point
    positive, negative = np.maximum(weights, 0).sum(axis=(1, 2)), np.minimum(weights, 0).sum(axis=(1, 2))
    sums = np.stack([positive * low + negative * high, positive * high + negative * low])
    sums += graph.biases_of(operator, weights.shape[0])
    factors = channel_factors(graph, operator)
    scaled = multiply_by_quantized_multiplier(sums, factors.multiplier, factors.shift)
    inside = (np.abs(sums) << np.maximum(factors.shift, 0) <= INT32_MAX) & (np.abs(scaled) < INT32_MAX - 256)
    least, most = np.clip(scaled + output.zero_point, *output_limits(options, output))
    return np.all(inside, axis=0) & (least == most)


def _at_one_place(graph: Graph, operator: Operator, source: Known) -> np.ndarray:
    """One output position of a convolution whose window shows nothing but the constants, or of FULLY_CONNECTED."""
    tensor, channels = graph.input_of(operator, 0), graph.output_of(operator).shape[-1]
    values, options = source.or_zero(tensor), operator.options
    if isinstance(options, ConvolutionOptions):
        image = np.broadcast_to(values, (1, *graph.input_of(operator, 1).shape[1:3], values.size))
        alone = replace(operator, options=replace(options, padding="VALID", dilation=(1, 1)))
        return evaluate(graph, alone, {tensor.index: image}, (1, 1, 1, channels))[0].reshape(-1)
    row = np.tile(values, graph.input_of(operator, 1).shape[1] // values.size)[None]
    return evaluate(graph, operator, {tensor.index: row}, (1, channels))[0].reshape(-1)


def _after_moves(tied: dict[int, np.ndarray], known: dict[int, Known]) -> Known:
    """RESHAPE and CONCATENATION: a channel that comes from several tensors must be the same constant in all of them."""
    channels = next(iter(tied.values())).size
    mask, value, seen = np.ones(channels, bool), np.zeros(channels, np.int8), np.zeros(channels, bool)
    for index, mapping in tied.items():
        here = mapping >= 0
        mask[here] &= known[index].mask[mapping[here]]
        mask[here] &= ~seen[here] | (value[here] == known[index].value[mapping[here]])
        value[here] = known[index].value[mapping[here]]
        seen |= here
    return Known(mask & seen, value)


def _after_pointwise(graph: Graph, operator: Operator, known: dict[int, Known]) -> Known:
    channels = graph.output_of(operator).shape[-1]
    mask, zero, values = np.ones(channels, bool), np.zeros(channels, bool), {}
    inputs = operands(graph, operator)
    for tensor in inputs[: 1 if operator.kind in UNARY else 2]:
        if tensor.elements == 1 and tensor.data is not None:
            own = Known(np.ones(channels, bool), np.broadcast_to(tensor.data.reshape(-1), channels))
        else:
            tied = tensor.index in known and tensor.shape[-1] == channels
            own = known[tensor.index] if tied else _nothing(channels)
        mask &= own.mask
        zero |= own.mask & (own.value == tensor.zero_point)
        values[tensor.index] = own.or_zero(tensor)
    if operator.kind == "MUL":
        # Real zero times anything.
        mask |= zero
    return Known(mask, evaluate(graph, operator, values, (channels,))[0]) if mask.any() else _nothing(channels)


def _after_pool(graph: Graph, operator: Operator, source: Known) -> Known:
    """The mean and the maximum of equal values, however many a window holds, are that value; then it is clamped."""
    assert isinstance(operator.options, PoolingOptions)
    limits = output_limits(operator.options, graph.output_of(operator))
    return Known(source.mask, np.clip(source.value, *limits).astype(np.int8))


def _after_image(graph: Graph, operator: Operator, source: Known) -> Known:
    """What the executor makes of an image of constants, where it makes the same of it everywhere."""
    tensor, output = graph.input_of(operator, 0), graph.output_of(operator)
    if max(tensor.elements, output.elements) > LARGEST:
        return _nothing(output.shape[-1])
    image = np.broadcast_to(source.or_zero(tensor), tensor.shape)
    rows = evaluate(graph, operator, {tensor.index: image})[0].reshape(-1, source.mask.size)
    return Known(source.mask & (rows == rows[:1]).all(axis=0), rows[0])
