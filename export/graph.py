"""The typed graph that every stage reads: tensors with quantization, operators with typed options. Immutable; passes make new graphs."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

ITEM_TYPES = {
    "int8": np.int8,
    "uint8": np.uint8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
    "float32": np.float32,
    "bool": np.bool_,
}


def item_type(dtype: str) -> np.dtype:
    """TensorFlow Lite's type name as NumPy's type, little endian as on every Cortex-M."""
    return np.dtype(ITEM_TYPES[dtype]).newbyteorder("<")


# "SAME", "VALID", or explicit: ((top, bottom), (left, right)).
Padding = str | tuple[tuple[int, int], tuple[int, int]]

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
    """One tensor. ``dtype`` is TensorFlow Lite's type name in lower case; ``data`` holds the values of a constant, else None.

    ``open`` is true where the exporter left a size open: then ``shape`` is only what it put in its place. ``variable`` marks one whose
    value outlives an inference; the check stage turns it into a state.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None = None
    data: np.ndarray | None = None
    open: bool = False
    variable: bool = False

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.elements * item_type(self.dtype).itemsize

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
    """``depth_multiplier`` is what the file says of DEPTHWISE_CONV_2D, for the check stage; everything else goes by the shapes."""

    padding: Padding
    stride: tuple[int, int]
    dilation: tuple[int, int]
    activation: str
    limits: Limits = None
    depth_multiplier: int | None = None


@dataclass(frozen=True)
class FullyConnectedOptions:
    activation: str
    weights_format: str
    limits: Limits = None


@dataclass(frozen=True)
class BatchMatmulOptions:
    """Whether the last two axes of the first and of the second operand are swapped."""

    adj_x: bool
    adj_y: bool


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
class CumsumOptions:
    """``exclusive``: a value is not part of its own sum; ``reverse``: sums from the end on."""

    exclusive: bool
    reverse: bool


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


@dataclass(frozen=True)
class StridedSliceOptions:
    """Bit i of a mask belongs to axis i. ``end_is_size``: the ends count from the beginnings."""

    begin_mask: int
    end_mask: int
    ellipsis_mask: int
    new_axis_mask: int
    shrink_axis_mask: int
    end_is_size: bool


@dataclass(frozen=True)
class StackOptions:
    """PACK and UNPACK: ``count`` tensors along a new or vanishing ``axis``."""

    axis: int
    count: int


@dataclass(frozen=True)
class GatherOptions:
    axis: int
    batch_axes: int

    def shared(self, indices_rank: int) -> int:
        """How many leading axes the indices have in common with the values; a negative number counts from the indices' last axis."""
        return self.batch_axes + indices_rank * (self.batch_axes < 0)


@dataclass(frozen=True)
class SqueezeOptions:
    """``axes`` of size 1 that vanish; none means all."""

    axes: tuple[int, ...]


@dataclass(frozen=True)
class MirrorPadOptions:
    mode: str


@dataclass(frozen=True)
class BlockOptions:
    """SPACE_TO_DEPTH and DEPTH_TO_SPACE: blocks of ``size`` x ``size`` positions."""

    size: int


@dataclass(frozen=True)
class LeakyReluOptions:
    alpha: float


@dataclass(frozen=True)
class CallOnceOptions:
    """``subgraph`` counts among the file's subgraphs; the model itself is 0."""

    subgraph: int


@dataclass(frozen=True)
class VariableOptions:
    container: str
    name: str


@dataclass(frozen=True)
class SvdfOptions:
    """A fused activation is left out: the reference kernel does not apply it."""

    rank: int


# The options that name a clamp of the output, which ``requantization.output_limits`` reads.
Clamped = ConvolutionOptions | FullyConnectedOptions | PoolingOptions | ElementwiseOptions

Options = (
    ConvolutionOptions
    | FullyConnectedOptions
    | BatchMatmulOptions
    | PoolingOptions
    | ElementwiseOptions
    | ReductionOptions
    | CumsumOptions
    | ResizeOptions
    | ConcatenationOptions
    | SoftmaxOptions
    | StridedSliceOptions
    | StackOptions
    | GatherOptions
    | SqueezeOptions
    | MirrorPadOptions
    | BlockOptions
    | LeakyReluOptions
    | CallOnceOptions
    | VariableOptions
    | SvdfOptions
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
class State:
    """A value that outlives an inference: at its start it is the tensor ``read``, at its end the tensor ``written``.

    ``initial`` is what the first inference reads, of the shape and type of ``read``. ``implicit`` is true for a variable that no
    operator of the model initializes.
    """

    name: str
    initial: np.ndarray
    read: int
    written: int
    implicit: bool = False


@dataclass(frozen=True, eq=False)
class Graph:
    """A model: operators in execution order over ``tensors`` (position = index).

    ``subgraphs`` are the others of the file, where operators name any; the check stage turns them and the variables into ``states``.
    """

    name: str
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    states: tuple[State, ...] = ()
    subgraphs: tuple[Graph, ...] = ()

    @property
    def sources(self) -> tuple[int, ...]:
        """The tensors that are there when an inference starts: the model's inputs, then what its states read."""
        return (*self.inputs, *(state.read for state in self.states))

    @property
    def results(self) -> tuple[int, ...]:
        """The tensors that are wanted when it ends: the model's outputs, then what its states become."""
        return (*self.outputs, *(state.written for state in self.states))

    def input_of(self, operator: Operator, position: int) -> Tensor:
        """The tensor at an input position that the check stage has shown to be present."""
        index = operator.inputs[position]
        assert index is not None
        return self.tensors[index]

    def optional_input_of(self, operator: Operator, position: int) -> Tensor | None:
        index = operator.inputs[position] if position < len(operator.inputs) else None
        return None if index is None else self.tensors[index]

    def biases_of(self, operator: Operator, channels: int, position: int = 2) -> np.ndarray:
        """The constant biases at an input position as int64 [channels]; zeros where the operator has none."""
        tensor = self.optional_input_of(operator, position)
        if tensor is None or tensor.data is None:
            return np.zeros(channels, np.int64)
        return tensor.data.reshape(-1).astype(np.int64)

    def integers_of(self, operator: Operator, position: int) -> list[int]:
        """The values of a constant of integers that the check stage has shown to be one."""
        values = self.input_of(operator, position).data
        assert values is not None
        return [int(value) for value in values.reshape(-1)]

    def has_floats(self, operator: Operator) -> bool:
        return any(
            self.tensors[index].dtype == "float32" for index in (*operator.inputs, *operator.outputs) if index is not None
        )

    def output_of(self, operator: Operator) -> Tensor:
        return self.tensors[operator.outputs[0]]
