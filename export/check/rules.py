"""What the family checks share: one way to refuse an operator, and the rules for activations, constants and accumulators."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from ..coverage import COVERAGE
from ..errors import InputError
from ..fixed_point import quantize_multiplier
from ..graph import Graph, Operator, Tensor, item_type

EXPORT_AGAIN = "Export the model again with the TensorFlow Lite converter."
MAXIMUM_TENSOR_BYTES = 2**31 - 1
SMALLEST_CLAMPED_SCALE = 2.0**-28
LARGEST_REACH = 2**15
INTEGERS = ("int32", "int64")


class ShapeDiffersError(InputError):
    """An operator's output does not have the shape that its inputs give."""

    def __init__(self, operator: Operator, expected: tuple[int, ...], output: Tensor) -> None:
        message = f"its output has the shape {list(output.shape)}; its inputs give {list(expected)}"
        super().__init__(refusal(operator, message), EXPORT_AGAIN)
        self.tensor, self.expected = output.index, expected


def refusal(operator: Operator, reason: str) -> str:
    return f"{operator.kind} '{operator.name}' (operator {operator.index}): {reason}"


def refuse(operator: Operator, reason: str, hint: str) -> NoReturn:
    raise InputError(refusal(operator, reason), hint)


def require(
    condition: bool | np.bool_,
    operator: Operator,
    reason: str,
    hint: str = EXPORT_AGAIN,
) -> None:
    if not condition:
        refuse(operator, reason, hint)


def arity(operator: Operator, least: int, most: int, outputs: int = 1) -> None:
    require(
        least <= len(operator.inputs) <= most and len(operator.outputs) == outputs,
        operator,
        f"has {len(operator.inputs)} inputs and {len(operator.outputs)} outputs",
    )
    require(all(value is not None for value in operator.inputs[:least]), operator, "lacks an input")


def movable(tensor: Tensor, operator: Operator, types: tuple[str, ...]) -> None:
    """A tensor of one of these types and of a known shape; whatever its quantization, for operators that only move values."""
    where = f"tensor '{tensor.name}'"
    if tensor.dtype not in types:
        hint = f"{operator.kind} can be compiled for {' and '.join(types)}; export the model with full-integer quantization."
        refuse(operator, f"{where} is {tensor.dtype}", hint)
    require(
        all(size >= 1 for size in tensor.shape),
        operator,
        f"{where} has the dynamic or empty shape {list(tensor.shape)}",
        "Export with a fixed input shape and batch size 1.",
    )
    require(tensor.bytes <= MAXIMUM_TENSOR_BYTES, operator, f"{where} has {tensor.elements} elements")


def moves(graph: Graph, operator: Operator, source: Tensor) -> None:
    """The values of ``source`` move into every output as they are. Shapes, being known at build time, may be integers of any size."""
    types = COVERAGE[operator.kind].reads
    movable(source, operator, types if source.data is None else (*types, *INTEGERS))
    for index in operator.outputs:
        movable(graph.tensors[index], operator, (source.dtype,))


def activation(tensor: Tensor, operator: Operator, types: tuple[str, ...] = ("int8",)) -> None:
    """A tensor of one of these 8-bit types with one scale, one zero point and a known shape."""
    movable(tensor, operator, types)
    where = f"tensor '{tensor.name}'"
    quantization = tensor.quantization
    if quantization is None:
        refuse(operator, f"{where} has no quantization parameters", "Export the model with full-integer quantization.")
    require(
        quantization.scale.size == 1 and quantization.zero_point.size == 1,
        operator,
        f"{where} has {quantization.scale.size} scales and {quantization.zero_point.size} zero points",
        "Activations need one scale each.",
    )
    require(bool(np.isfinite(tensor.scale) and tensor.scale > 0), operator, f"{where} has the scale {tensor.scale}")
    limits = np.iinfo(item_type(tensor.dtype))
    require(limits.min <= tensor.zero_point <= limits.max, operator, f"{where} has the zero point {tensor.zero_point}")


def same_quantization(operator: Operator, source: Tensor, output: Tensor) -> None:
    """For operators that move or compare stored values without scaling them; the reference kernels insist on it too."""
    first, second = (
        None if tensor.quantization is None else (tensor.quantization.scale.tolist(), tensor.quantization.zero_point.tolist())
        for tensor in (source, output)
    )
    require(first == second, operator, f"its input '{source.name}' and its output are quantized differently")


def constant(graph: Graph, operator: Operator, position: int, dtypes: tuple[str, ...], what: str) -> Tensor:
    """The input at ``position``, shown to be a constant of one of ``dtypes``."""
    tensor = graph.input_of(operator, position)
    require(
        tensor.data is not None,
        operator,
        f"its {what} are computed at run time",
        "Only constants known at build time can be compiled here.",
    )
    require(tensor.dtype in dtypes, operator, f"its {what} are {tensor.dtype}, not {' or '.join(dtypes)}")
    return tensor


def integers(graph: Graph, operator: Operator, position: int, what: str, dtypes: tuple[str, ...] = ("int32",)) -> list[int]:
    """The values of a constant of integers."""
    constant(graph, operator, position, dtypes, what)
    return graph.integers_of(operator, position)


def axis(operator: Operator, value: int, rank: int) -> int:
    """An axis of a tensor of this rank, counted from the front."""
    require(-rank <= value < rank, operator, f"names axis {value} of rank {rank}")
    return value % rank


def weights(tensor: Tensor, operator: Operator, channels: int, axis: int, symmetric: bool = True) -> None:
    """int8 weights with one scale or one per output channel; symmetric, unless they have one scale and need not be."""
    quantization = tensor.quantization
    if quantization is None:
        refuse(operator, "its weights have no quantization parameters", "Export the model with full-integer quantization.")
    count = quantization.scale.size
    require(count in (1, channels), operator, f"has {count} weight scales for {channels} output channels")
    require(
        count == 1 or quantization.axis == axis,
        operator,
        f"its weights are quantized along axis {quantization.axis}, not {axis}",
    )
    require(
        quantization.zero_point.size in (1, count) and (not quantization.zero_point.any() or (count == 1 and not symmetric)),
        operator,
        "its weights have a zero point other than 0",
        "int8 weights are symmetric by TensorFlow Lite's specification; export the model again.",
    )
    require(
        bool(np.all(np.isfinite(quantization.scale)) and np.all(quantization.scale >= 0)),
        operator,
        "a weight scale is negative or not finite",
    )


def biases(graph: Graph, operator: Operator, channels: int, position: int = 2) -> np.ndarray:
    """The biases, shown to be absent or int32 constants, one per output channel."""
    if graph.optional_input_of(operator, position) is not None:
        tensor = constant(graph, operator, position, ("int32",), "biases")
        require(tensor.elements == channels, operator, f"has {tensor.elements} biases for {channels} output channels")
    return graph.biases_of(operator, channels, position)


def accumulator(operator: Operator, taps: np.ndarray, offsets: np.ndarray, source: Tensor) -> None:
    """No input may overflow the 32-bit accumulator. ``taps`` is sum |weight|, ``offsets`` the bias, per output channel."""
    reach = max(127 - source.zero_point, source.zero_point + 128)
    worst = int(np.max(taps.astype(np.int64) * reach + np.abs(offsets), initial=0))
    require(
        worst < 2**31,
        operator,
        f"its 32-bit accumulator can reach {worst}",
        "The reference kernels overflow there, so no exact result exists; use smaller weights or biases.",
    )


def factor(operator: Operator, real: float) -> None:
    """A requantization factor that splits into a 32-bit multiplier and a shift of at most 30."""
    require(
        np.isfinite(real) and quantize_multiplier(real)[1] <= 30,
        operator,
        f"its requantization factor {real:g} is out of range",
        "The reference kernels would shift by more bits than an integer has, so no exact result exists. The scale of its output is that of a "
        "layer which was zero for all samples: calibrate again with samples that reach it, or remove the layer.",
    )


def fused_activation(operator: Operator, kind: str, tensor: Tensor) -> None:
    """An activation whose limits, in steps of the tensor's scale, fit 32 bits."""
    require(kind in ("NONE", "RELU", "RELU6", "RELU_N1_TO_1"), operator, f"has the fused activation {kind}")
    require(
        kind in ("NONE", "RELU") or tensor.scale > SMALLEST_CLAMPED_SCALE, operator, f"clamps with the scale {tensor.scale:g}"
    )


def window(operator: Operator, size: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int] = (1, 1)) -> None:
    """A sliding window whose positions stay far from the limits of 32-bit integers."""
    reach = max((taps - 1) * step + 1 for taps, step in zip(size, dilation, strict=True))
    fits = min(size + stride + dilation) >= 1 and max(reach, *stride, *dilation) <= LARGEST_REACH
    require(fits, operator, f"has the window {list(size)}, stride {list(stride)} and dilation {list(dilation)}")


def same_elements(operator: Operator, expected: tuple[int, ...], output: Tensor) -> None:
    if output.shape != expected:
        raise ShapeDiffersError(operator, expected, output)
