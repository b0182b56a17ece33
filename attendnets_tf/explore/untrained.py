"""The int8 graph that a specification would have as a ``.tflite``, without TensorFlow and without training.

What a network costs on a device (operators, kernels, arena, constants) hangs on its shapes, and hardly on its values. So a search compiles
this graph instead of a converted model. The arrangement is that of :mod:`attendnets_tf.blocks` after conversion: normalizations are part
of the convolutions before them, as are activations; the tests hold both together, plan by plan.
"""

import numpy as np

from attendnets_tf.specification import Attention, Specification, Stage
from export.graph import (
    ConvolutionOptions,
    ElementwiseOptions,
    Graph,
    Operator,
    Options,
    PoolingOptions,
    Quantization,
    ResizeOptions,
    SoftmaxOptions,
    Tensor,
)

SEED = 1
# Ranges in which the scales of trained networks lie.
ACTIVATION_SCALES = (0.02, 0.08)
WEIGHT_SCALES = (0.002, 0.01)
SMALLEST_WEIGHT = 32
# With larger steps the softmax's table of exponentials ends before its last entry.
LOGITS_SCALE = 1 / 32
UNIT = (1 / 256, -128)  # what LOGISTIC and SOFTMAX always answer in


def untrained_graph(specification: Specification) -> Graph:
    """What :func:`export.read.read_bytes` would give for the converted network, with other values.

    Operators, their order and names, shapes, types and options are those of a trained network; the numbers of tensors are not. Weights
    are int8 with one scale per channel, biases int32, scales and zero points plausible; equal specifications give equal graphs.

    Nothing in it can be left out, so that its cost is that of the largest network that training may give: no weight is 0, no channel
    constant, no scale of a condenser an identity, no table shorter for its values. It cannot foresee values beyond the limits of a
    fast kernel, in place of which a plain one is taken.
    """
    network = _Network()
    size = specification.input
    image = network.activation("image", (1, size.height, size.width, size.channels), (1 / 128, 0))
    x = network.convolution(image, specification.stem.filters, "stem_relu", kernel=3, stride=specification.stem.stride)
    for number, stage in enumerate(specification.stages, start=1):
        x = _block(network, x, stage, stage.stride, f"stage{number}/block1")
        for block in range(2, stage.blocks + 1):
            name = f"stage{number}/block{block}"
            if stage.condenser_channels is not None:
                x = _condenser(
                    network, x, stage.condenser_channels, stage.embedding, specification.attention, f"{name}/condenser"
                )
            x = _block(network, x, stage, 1, name)
    output = _head(network, x, specification.classes)
    return Graph(specification.name, tuple(network.tensors), tuple(network.operators), (image,), (output,))


def _block(network: "_Network", x: int, stage: Stage, stride: int, name: str) -> int:
    if stage.block == "convolution":
        return network.convolution(x, stage.filters, f"{name}/convolution_relu", kernel=3, stride=stride)
    return _pepe(network, x, stage.filters, stage.expanded, stride, name)


def _pepe(network: "_Network", x: int, filters: int, expanded: int, stride: int, name: str) -> int:
    source = shortcut = x
    x = network.convolution(x, expanded, f"{name}/expand_relu")
    x = network.depthwise(x, f"{name}/depthwise_relu", stride=stride)
    x = network.convolution(x, filters // 2, f"{name}/project_relu")
    x = network.convolution(x, filters, f"{name}/restore_normalize", activation="NONE")
    # The converter puts a shortcut behind the main branch.
    if stride > 1:
        shortcut = network.pool("AVERAGE_POOL_2D", shortcut, (stride, stride), f"{name}/shortcut_pool")
    if stride > 1 or network.shape(source)[3] != filters:
        shortcut = network.convolution(shortcut, filters, f"{name}/shortcut_normalize", activation="NONE")
    return network.combine("ADD", x, shortcut, f"{name}/add_relu", activation="RELU")


def _condenser(network: "_Network", x: int, channels: int, embedding: str, attention: Attention, name: str) -> int:
    values = network.convolution(x, channels, f"{name}/down_mix_relu")
    values = network.pool("MAX_POOL_2D", values, (2, 2), f"{name}/condense")
    values = _embed(network, values, channels, embedding, name)
    filters = network.shape(x)[3]
    if attention.gate == "relu6":
        gate = network.convolution(values, filters, f"{name}/gate", padding="VALID", activation="RELU6", scale=6 / 255)
    else:
        gate = network.convolution(values, filters, f"{name}/up_mix_normalize", padding="VALID", activation="NONE")
    if attention.form == "scale_add":
        expanded = network.double(gate, f"{name}/expand")
        scaled = network.scale(x, f"{name}/scale", residual=False)
        return network.combine("ADD", scaled, expanded, f"{name}/attend", activation="NONE")
    if attention.gate == "sigmoid":
        gate = network.unary("LOGISTIC", gate, f"{name}/gate", UNIT)
    gate = network.scale(gate, f"{name}/scale", residual=attention.form == "mul_residual")
    return network.combine("MUL", x, network.double(gate, f"{name}/expand"), f"{name}/attend", activation="NONE")


def _embed(network: "_Network", x: int, channels: int, embedding: str, name: str) -> int:
    if embedding == "convolution":
        return network.convolution(x, channels, f"{name}/embed_convolution_relu", kernel=3)
    if embedding == "depthwise":
        return network.depthwise(x, f"{name}/embed_depthwise_relu")
    x = network.depthwise(x, f"{name}/embed_depthwise_relu", multiplier=2)
    return network.convolution(x, channels, f"{name}/embed_pointwise_relu")


def _head(network: "_Network", x: int, classes: int) -> int:
    x = network.pool("AVERAGE_POOL_2D", x, network.shape(x)[1:3], "head/pool")
    x = network.convolution(x, classes, "head/classify", padding="VALID", activation="NONE", scale=LOGITS_SCALE)
    x = network.reshape(x, (1, classes), "head/logits")
    return network.unary("SOFTMAX", x, "head/softmax", UNIT, SoftmaxOptions(beta=1.0))


class _Network:
    """A graph while it grows. Methods that add an operator are given and answer numbers of tensors."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self.operators: list[Operator] = []
        self._random = np.random.default_rng(SEED)

    def shape(self, tensor: int) -> tuple[int, ...]:
        return self.tensors[tensor].shape

    def activation(self, name: str, shape: tuple[int, ...], quantization: tuple[float, int]) -> int:
        """An int8 tensor that an operator or the caller fills, with its scale and zero point."""
        scale, zero_point = np.array(quantization[:1], np.float32), np.array(quantization[1:], np.int64)
        return self._tensor(name, shape, "int8", Quantization(scale, zero_point, axis=0))

    def convolution(
        self,
        x: int,
        filters: int,
        name: str,
        *,
        kernel: int = 1,
        stride: int = 1,
        padding: str = "SAME",
        activation: str = "RELU",
        scale: float | None = None,
    ) -> int:
        """``scale`` is the output's, where it is not any."""
        options = ConvolutionOptions(padding, (stride, stride), (1, 1), activation)
        weights = (filters, kernel, kernel, self.shape(x)[3])
        return self._weighted("CONV_2D", x, name, weights, 0, options, self._range(activation, scale))

    def depthwise(self, x: int, name: str, *, stride: int = 1, multiplier: int = 1) -> int:
        """3x3, with ReLU."""
        options = ConvolutionOptions("SAME", (stride, stride), (1, 1), "RELU", depth_multiplier=multiplier)
        weights = (1, 3, 3, self.shape(x)[3] * multiplier)
        return self._weighted("DEPTHWISE_CONV_2D", x, name, weights, 3, options, self._range("RELU"))

    def scale(self, x: int, name: str, residual: bool) -> int:
        """S·x, or 1 + S·x where ``residual``, with S near 1: equal weights and biases in all channels."""
        source, channels = self.tensors[x], self.shape(x)[3]
        factor = self._random.uniform(0.9, 1.1) / 127
        weights = self._constant(
            f"{name}/weights", np.full((1, 1, 1, channels), 127, np.int8), np.full(channels, factor), axis=3
        )
        one = round(1 / (float(source.scale) * factor)) if residual else 0
        bias = self._bias(name, x, weights, np.full(channels, one))
        # Measured ranges are never quite S times as wide. With one that is, the call would be the identity and go; with equal ones,
        # the tables that it becomes would be shared.
        largest = self._random.uniform(0.85, 0.95) * 127 * factor * float(source.scale) * 255 + residual
        options = ConvolutionOptions("VALID", (1, 1), (1, 1), "NONE", depth_multiplier=1)
        return self._operator("DEPTHWISE_CONV_2D", name, (x, weights, bias), source.shape, (largest / 255, -128), options)

    def pool(self, kind: str, x: int, window: tuple[int, ...], name: str) -> int:
        """Over windows side by side that cover the input."""
        (_, height, width, channels), (rows, columns) = self.shape(x), window
        options = PoolingOptions("VALID", (rows, columns), (rows, columns), "NONE")
        shape = (1, height // rows, width // columns, channels)
        return self._operator(kind, name, (x,), shape, self._quantization(x), options)

    def double(self, x: int, name: str) -> int:
        """Every position four times: twice the height and the width."""
        _, height, width, channels = self.shape(x)
        size = self._sizes(name, (2 * height, 2 * width))
        options = ResizeOptions(align_corners=False, half_pixel_centers=True)
        shape = (1, 2 * height, 2 * width, channels)
        return self._operator("RESIZE_NEAREST_NEIGHBOR", name, (x, size), shape, self._quantization(x), options)

    def combine(self, kind: str, x: int, y: int, name: str, activation: str) -> int:
        """ADD or MUL; a MUL here is one of values that are not negative."""
        quantization = self._range("RELU" if kind == "MUL" else activation)
        return self._operator(kind, name, (x, y), self.shape(x), quantization, ElementwiseOptions(activation))

    def unary(self, kind: str, x: int, name: str, quantization: tuple[float, int], options: Options = None) -> int:
        return self._operator(kind, name, (x,), self.shape(x), quantization, options)

    def reshape(self, x: int, shape: tuple[int, ...], name: str) -> int:
        return self._operator("RESHAPE", name, (x, self._sizes(name, shape)), shape, self._quantization(x))

    def _weighted(
        self,
        kind: str,
        x: int,
        name: str,
        shape: tuple[int, ...],
        axis: int,
        options: ConvolutionOptions,
        quantization: tuple[float, int],
    ) -> int:
        """A convolution with weights of ``shape``, the output channels along ``axis``.

        Zeros give every channel a value of 16 to 64 steps above zero; from there any weight moves it. So none is constant.
        """
        channels = shape[axis]
        values = self._random.integers(SMALLEST_WEIGHT, 128, shape, np.int8)
        values *= 2 * self._random.integers(0, 2, shape, np.int8) - 1
        weights = self._constant(f"{name}/weights", values, self._random.uniform(*WEIGHT_SCALES, channels), axis)
        steps = self._random.uniform(16, 64, channels) * quantization[0]
        bias = self._bias(name, x, weights, steps / (self.tensors[x].scale * self._scales(weights)))
        _, height, width, _ = self.shape(x)
        rows, columns = (-(-size // stride) for size, stride in zip((height, width), options.stride, strict=True))
        return self._operator(kind, name, (x, weights, bias), (1, rows, columns, channels), quantization, options)

    def _operator(
        self,
        kind: str,
        name: str,
        inputs: tuple[int, ...],
        shape: tuple[int, ...],
        quantization: tuple[float, int],
        options: Options = None,
    ) -> int:
        output = self.activation(name, shape, quantization)
        self.operators.append(Operator(len(self.operators), kind, name, inputs, (output,), options))
        return output

    def _constant(self, name: str, values: np.ndarray, scales: np.ndarray, axis: int) -> int:
        """int8 or int32 values with one scale for every index of ``axis``."""
        quantization = Quantization(scales.astype(np.float32), np.zeros(scales.size, np.int64), axis)
        return self._tensor(name, values.shape, values.dtype.name, quantization, values)

    def _bias(self, name: str, x: int, weights: int, values: np.ndarray) -> int:
        scales = self.tensors[x].scale * self._scales(weights)
        return self._constant(f"{name}/bias", np.round(values).astype(np.int32), scales, axis=0)

    def _sizes(self, name: str, sizes: tuple[int, ...]) -> int:
        return self._tensor(f"{name}/shape", (len(sizes),), "int32", None, np.array(sizes, np.int32))

    def _tensor(
        self, name: str, shape: tuple[int, ...], dtype: str, quantization: Quantization | None, data: np.ndarray | None = None
    ) -> int:
        self.tensors.append(Tensor(len(self.tensors), name, shape, dtype, quantization, data))
        return len(self.tensors) - 1

    def _scales(self, constant: int) -> np.ndarray:
        quantization = self.tensors[constant].quantization
        assert quantization is not None
        return quantization.scale

    def _quantization(self, tensor: int) -> tuple[float, int]:
        return float(self.tensors[tensor].scale), self.tensors[tensor].zero_point

    def _range(self, activation: str, scale: float | None = None) -> tuple[float, int]:
        """Scale, if not given, and zero point of what comes out of an activation, or of none."""
        zero_point = int(self._random.integers(-30, 30)) if activation == "NONE" else -128
        return scale or self._random.uniform(*ACTIVATION_SCALES), zero_point
