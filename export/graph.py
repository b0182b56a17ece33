"""The typed graph that every stage reads: tensors with quantization, operators with typed options. Immutable; passes make new graphs."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from .geometry import Padding

# The clamp of an output in quantized values, where a pass has narrowed the one that the activation names.
Limits = tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Quantization:
    """real = scale * (quantized - zero_point). ``scale`` is float32 [n], ``zero_point`` int64 [n]; n > 1 means one per index of ``axis``."""

    scale: np.ndarray
    zero_point: np.ndarray
    axis: int


@dataclass(frozen=True, eq=False)
class Tensor:
    """One tensor. ``dtype`` is TensorFlow Lite's type name in lower case; ``data`` holds the values of a constant, else None."""

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None = None
    data: np.ndarray | None = None

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def scale(self) -> np.float32:
        """The per-tensor scale; only meaningful after the check stage."""
        assert self.quantization is not None
        return np.float32(self.quantization.scale[0])

    @property
    def zero_point(self) -> int:
        """The per-tensor zero point; only meaningful after the check stage."""
        assert self.quantization is not None
        return int(self.quantization.zero_point[0])


@dataclass(frozen=True)
class ConvolutionOptions:
    padding: Padding
    stride: tuple[int, int]
    dilation: tuple[int, int]
    activation: str
    limits: Limits = None


@dataclass(frozen=True)
class FullyConnectedOptions:
    activation: str
    weights_format: str
    limits: Limits = None


@dataclass(frozen=True)
class PoolingOptions:
    padding: Padding
    stride: tuple[int, int]
    window: tuple[int, int]
    activation: str
    limits: Limits = None


@dataclass(frozen=True)
class ElementwiseOptions:
    activation: str
    limits: Limits = None


@dataclass(frozen=True)
class ReductionOptions:
    keep_dims: bool


@dataclass(frozen=True)
class ResizeOptions:
    align_corners: bool
    half_pixel_centers: bool


@dataclass(frozen=True)
class ConcatenationOptions:
    axis: int
    activation: str


@dataclass(frozen=True)
class SoftmaxOptions:
    beta: float


# The options that name a clamp of the output, which ``requantization.output_limits`` reads.
Clamped = ConvolutionOptions | FullyConnectedOptions | PoolingOptions | ElementwiseOptions

Options = (
    ConvolutionOptions
    | FullyConnectedOptions
    | PoolingOptions
    | ElementwiseOptions
    | ReductionOptions
    | ResizeOptions
    | ConcatenationOptions
    | SoftmaxOptions
    | None
)


@dataclass(frozen=True, eq=False)
class Operator:
    """One operator. ``kind`` is TensorFlow Lite's name (CONV_2D …); ``inputs`` and ``outputs`` are tensor indices, None an absent optional input."""

    index: int
    kind: str
    name: str
    inputs: tuple[int | None, ...]
    outputs: tuple[int, ...]
    options: Options = None


@dataclass(frozen=True, eq=False)
class Graph:
    """A model: operators in execution order over ``tensors`` (position = index)."""

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def input_of(self, operator: Operator, position: int) -> Tensor:
        """The tensor at an input position that the check stage has shown to be present."""
        index = operator.inputs[position]
        assert index is not None
        return self.tensors[index]

    def optional_input_of(self, operator: Operator, position: int) -> Tensor | None:
        index = operator.inputs[position] if position < len(operator.inputs) else None
        return None if index is None else self.tensors[index]

    def biases_of(self, operator: Operator, channels: int) -> np.ndarray:
        """The constant biases at input 2 as int64 [channels]; zeros where the operator has none."""
        tensor = self.optional_input_of(operator, 2)
        if tensor is None or tensor.data is None:
            return np.zeros(channels, np.int64)
        return tensor.data.reshape(-1).astype(np.int64)

    def output_of(self, operator: Operator) -> Tensor:
        return self.tensors[operator.outputs[0]]
