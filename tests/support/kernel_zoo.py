"""One model of many operators side by side, each on an input of its own: what a core's special kernels must get right, in one firmware."""

from __future__ import annotations

import numpy as np

from export.geometry import span

from .model_builder import ACTIVATION, PADDING, ModelBuilder

EXTREMES = (-128, 127)


class KernelZoo:
    """Random operators from a seed: remainders of every blocking, paddings, strides, extreme weights and zero points, shifts that the short
    requantization cannot do."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._builder = ModelBuilder()
        self._inputs: list[int] = []
        self._outputs: list[int] = []

    def model(self, cases: int) -> bytes:
        kinds = (
            self._convolution,
            self._pointwise,
            self._fully_connected,
            self._depthwise,
            self._elementwise,
            self._pool,
            self._table,
            self._attention,
        )
        for number in range(cases):
            kinds[number % len(kinds)]()
        return self._builder.build(self._inputs, self._outputs)

    def _one_of(self, *values: object) -> object:
        return values[self._random.integers(len(values))]

    def _integer(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))

    def _zero_point(self) -> int:
        return int(self._one_of(-128, 127, 0, self._integer(-128, 127)))  # type: ignore[call-overload]

    def _input(self, shape: tuple[int, ...], scale: float = 0.05) -> int:
        self._inputs.append(self._builder.tensor(shape, scale, self._zero_point()))
        return self._inputs[-1]

    def _result(self, shape: tuple[int, ...], scale: float) -> int:
        self._outputs.append(self._builder.tensor(shape, scale, self._zero_point()))
        return self._outputs[-1]

    def _activation(self) -> int:
        return ACTIVATION[str(self._one_of("NONE", "NONE", "RELU", "RELU6"))]

    def _weights(self, shape: tuple[int, ...], axis: int) -> int:
        values = self._random.integers(-128, 128, shape).astype(np.int8)
        if self._integer(0, 3) == 0:
            values = self._random.choice(EXTREMES, shape).astype(np.int8)
        scales = self._random.uniform(0.001, 0.02, shape[axis])
        return self._builder.constant(values, [float(scale) for scale in scales.astype(np.float32)], axis=axis)

    def _bias(self, channels: int) -> int:
        limit = int(self._one_of(1000, 20_000, 20_000, 20_000, 2**29))  # type: ignore[call-overload]
        return self._builder.constant(self._random.integers(-limit, limit, channels).astype(np.int32), [1.0])

    def _output_scale(self, taps: int) -> float:
        """So that outputs fill their range; sometimes so small that shifts go to the left."""
        typical = 0.05 * 0.01 * 50 * np.sqrt(taps)
        return float(np.float32(typical * float(self._one_of(0.1, 0.3, 1.0, 1.0, 3.0, 1e-4))))  # type: ignore[arg-type]

    def _windowed(
        self, kind: str, source: tuple[int, ...], window: tuple[int, int], stride: tuple[int, int], padding: str = ""
    ) -> None:
        padding = padding or str(self._one_of("SAME", "VALID"))
        if padding == "VALID" and (source[1] < window[0] or source[2] < window[1]):
            padding = "SAME"
        rows, columns = (span(source[1 + i], window[i], stride[i], 1, padding).output for i in range(2))
        fields = {
            "padding": PADDING[padding],
            "strideH": stride[0],
            "strideW": stride[1],
            "dilationHFactor": 1,
            "dilationWFactor": 1,
            "fusedActivationFunction": self._activation(),
        }
        tensor = self._input(source)
        if kind == "CONV_2D":
            channels = self._integer(4, 21)
            weights, taps = self._weights((channels, *window, source[3]), 0), window[0] * window[1] * source[3]
            options = "Conv2DOptions"
        else:
            multiplier = int(self._one_of(1, 1, 2, 3))  # type: ignore[call-overload]
            channels, taps, options = source[3] * multiplier, window[0] * window[1], "DepthwiseConv2DOptions"
            fields["depthMultiplier"] = multiplier
            weights = self._weights((1, *window, channels), 3)
        operands = [tensor, weights] + ([self._bias(channels)] if self._integer(0, 2) else [])
        output = self._result((source[0], rows, columns, channels), self._output_scale(taps))
        self._builder.operator(kind, operands, output, options, **fields)

    def _convolution(self) -> None:
        shape = (self._integer(1, 2), self._integer(1, 9), self._integer(1, 9), int(self._one_of(1, 2, 3, 4, 5, 8, 12)))  # type: ignore[call-overload]
        window = (self._integer(1, 4), self._integer(1, 4))
        self._windowed("CONV_2D", shape, window, (self._integer(1, 2), self._integer(1, 3)))

    def _pointwise(self) -> None:
        shape = (1, self._integer(1, 9), self._integer(1, 9), 4 * self._integer(1, 20) + int(self._one_of(0, 0, 1)))  # type: ignore[call-overload]
        self._windowed("CONV_2D", shape, (1, 1), (1, 1))

    def _fully_connected(self) -> None:
        """A layer of one to three rows, or a convolution whose window is the whole input."""
        depth, channels = self._integer(1, 70), self._integer(1, 21)
        if self._integer(0, 3) == 0:
            depth = int(self._one_of(255, 256, 257, 264, 515, self._integer(71, 900)))  # type: ignore[call-overload]
        if self._integer(0, 3) == 0:
            depth = min(depth, 60)
            self._windowed("CONV_2D", (self._integer(1, 2), 2, 3, depth), (2, 3), (1, 1), "VALID")
            return
        rows = self._integer(1, 3)
        weights = self._weights((channels, depth), 0)
        if self._integer(0, 1):
            quantization = self._builder.graph.tensors[weights].quantization
            quantization.scale, quantization.zeroPoint = quantization.scale[:1], quantization.zeroPoint[:1]
        operands = [self._input((rows, depth)), weights] + ([self._bias(channels)] if self._integer(0, 2) else [])
        output = self._result((rows, channels), self._output_scale(depth))
        self._builder.operator(
            "FULLY_CONNECTED", operands, output, "FullyConnectedOptions", fusedActivationFunction=self._activation()
        )

    def _depthwise(self) -> None:
        shape = (
            self._integer(1, 2),
            self._integer(1, 22),
            self._integer(1, 36),
            int(self._one_of(4, 5, 7, 11, 16, 19, 32, 35)),
        )  # type: ignore[call-overload]
        self._windowed("DEPTHWISE_CONV_2D", shape, (3, 3), (int(self._one_of(1, 1, 2, 2, 3)), int(self._one_of(1, 1, 2, 2, 3))))  # type: ignore[call-overload]

    def _elementwise(self) -> None:
        shape = (1, self._integer(2, 5), self._integer(1, 5), self._integer(2, 7))
        first, second = self._input(shape, 0.05), self._input(shape, float(self._one_of(0.05, 0.01, 0.11, 2.0)))  # type: ignore[arg-type]
        if self._integer(0, 1):
            output = self._result(shape, float(self._one_of(0.07, 0.2)))  # type: ignore[arg-type]
            self._builder.operator("ADD", [first, second], output, "AddOptions", fusedActivationFunction=self._activation())
        else:
            output = self._result(shape, float(self._one_of(0.03, 0.5)))  # type: ignore[arg-type]
            self._builder.operator("MUL", [first, second], output, "MulOptions", fusedActivationFunction=self._activation())

    def _pool(self) -> None:
        shape = (self._integer(1, 2), self._integer(1, 9), self._integer(1, 9), self._integer(4, 9))
        window, stride, padding = (self._integer(1, 5), self._integer(1, 3)), (self._integer(1, 3), self._integer(1, 3)), "SAME"
        if self._integer(0, 1):
            shape = (shape[0], self._integer(2, 9), self._integer(2, 9), self._integer(4, 40))
            window, padding = (2, 2), "VALID"
        rows, columns = (span(shape[1 + i], window[i], stride[i], 1, padding).output for i in range(2))
        source = self._input(shape)
        quantization = self._builder.graph.tensors[source].quantization
        output = self._builder.tensor((shape[0], rows, columns, shape[3]), quantization.scale[0], quantization.zeroPoint[0])
        self._outputs.append(output)
        self._builder.operator(
            str(self._one_of("AVERAGE_POOL_2D", "MAX_POOL_2D")),
            [source],
            output,
            "Pool2DOptions",
            padding=PADDING[padding],
            filterHeight=window[0],
            filterWidth=window[1],
            strideH=stride[0],
            strideW=stride[1],
        )

    def _table(self) -> None:
        shape = (1, self._integer(1, 30))
        output = self._builder.tensor(shape, 1 / 256, -128)
        self._outputs.append(output)
        self._builder.operator("LOGISTIC", [self._input(shape)], output)

    def _attention(self) -> None:
        batch, height, width, channels = 1, self._integer(1, 4), self._integer(1, 5), self._integer(2, 9)
        shape = (batch, 2 * height, 2 * width, channels)
        gates = self._input((batch, height, width, channels), 0.01)
        zero_point = self._builder.graph.tensors[gates].quantization.zeroPoint[0]
        doubled, values = self._builder.tensor(shape, 0.01, zero_point), self._input(shape)
        size = self._builder.constant(np.array(shape[1:3], np.int32))
        self._builder.operator("RESIZE_NEAREST_NEIGHBOR", [gates, size], doubled, "ResizeNearestNeighborOptions")
        operands = [values, doubled] if self._integer(0, 1) else [doubled, values]
        output = self._result(shape, float(self._one_of(0.03, 0.002)))  # type: ignore[arg-type]
        self._builder.operator("MUL", operands, output, "MulOptions", fusedActivationFunction=self._activation())
