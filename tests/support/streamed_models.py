"""Small random networks whose layers can advance row by row: windows of all kinds, shortcuts, condensers, and a head that ends it."""

from __future__ import annotations

import numpy as np

from export.geometry import span

from .model_builder import ACTIVATION, PADDING, ModelBuilder


class StreamedModel:
    """Layers drawn from a seed, one after another; ``build`` gives the file."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._builder = ModelBuilder()
        self._shape = (self._number(9, 26), self._number(4, 12), self._number(1, 7))
        self._source = self._tensor = self._builder.tensor((1, *self._shape), 0.05, self._number(-10, 10))

    def build(self) -> bytes:
        for _ in range(self._number(3, 8)):
            kinds = (
                self._convolution,
                self._depthwise,
                self._separable,
                self._pool,
                self._shortcut,
                self._condenser,
                self._table,
            )
            kinds[self._number(0, len(kinds) - 1)]()
        if self._number(0, 1):
            self._head()
        return self._builder.build([self._source], [self._tensor])

    def _number(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))

    def _made(self, shape: tuple[int, int, int], scale: float = 0.06) -> int:
        self._shape = shape
        return self._builder.tensor((1, *shape), scale, self._number(-20, 20))

    def _convolution(self, stride: int | None = None, channels: int | None = None) -> None:
        self._window("CONV_2D", (self._number(1, 3), self._number(1, 3)), stride, channels or self._number(1, 20))

    def _depthwise(self, stride: int | None = None) -> None:
        window = (3, 3) if self._number(0, 2) else (self._number(1, 4), self._number(1, 3))
        self._window("DEPTHWISE_CONV_2D", window, stride, self._shape[2])

    def _window(self, kind: str, window: tuple[int, int], stride: int | None, channels: int) -> None:
        height, width, depth = self._shape
        steps = (stride, stride) if stride else (self._number(1, 2), self._number(1, 2))
        padding = "SAME" if stride or self._number(0, 2) or height <= window[0] or width <= window[1] else "VALID"
        sides = [span(size, w, s, 1, padding).output for size, w, s in zip((height, width), window, steps, strict=True)]
        depthwise = kind != "CONV_2D"
        shape = (1, *window, channels) if depthwise else (channels, *window, depth)
        weights = self._builder.constant(
            self._random.integers(-127, 128, shape).astype(np.int8), [0.01] * channels, axis=3 if depthwise else 0
        )
        bias = self._builder.constant(self._random.integers(-500, 500, channels).astype(np.int32), [1.0])
        taps = window[0] * window[1] * (1 if depthwise else depth)
        output = self._made((*sides, channels), float(np.float32(0.04 * np.sqrt(taps))))  # type: ignore[arg-type]
        fields = {"padding": PADDING[padding], "strideH": steps[0], "strideW": steps[1], "dilationHFactor": 1}
        fields |= {"dilationWFactor": 1, "fusedActivationFunction": ACTIVATION["RELU" if self._number(0, 1) else "NONE"]}
        if depthwise:
            fields["depthMultiplier"] = 1
        options = "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions"
        self._builder.operator(kind, [self._tensor, weights, bias], output, options, **fields)
        self._tensor = output

    def _pool(self) -> None:
        height, width, channels = self._shape
        size = self._number(2, 3)
        if min(height, width) < 2 * size:
            return
        quantization = self._builder.graph.tensors[self._tensor].quantization
        self._shape = (height // 2 if size == 2 else -(-height // 2), width // 2 if size == 2 else -(-width // 2), channels)
        output = self._builder.tensor((1, *self._shape), quantization.scale[0], quantization.zeroPoint[0])
        kind = "MAX_POOL_2D" if self._number(0, 1) else "AVERAGE_POOL_2D"
        fields = {"filterHeight": size, "filterWidth": size, "strideH": 2, "strideW": 2}
        padding = PADDING["VALID" if size == 2 else "SAME"]
        self._builder.operator(kind, [self._tensor], output, "Pool2DOptions", padding=padding, **fields)
        self._tensor = output

    def _shortcut(self) -> None:
        source, channels = self._tensor, self._shape[2]
        for _ in range(self._number(1, 2)):
            self._convolution(1, channels)
        other, output = self._tensor, self._made(self._shape)
        operands = [source, other] if self._number(0, 1) else [other, source]
        self._builder.operator("ADD", operands, output, "AddOptions", fusedActivationFunction=ACTIVATION["NONE"])
        self._tensor = output

    def _separable(self) -> None:
        """Pairs that can write over what they read."""
        for _ in range(2):
            self._window("DEPTHWISE_CONV_2D", (3, 3), 1, self._shape[2])
            self._window("CONV_2D", (1, 1), 1, self._shape[2])

    def _condenser(self) -> None:
        height, width, channels = self._shape
        if height % 2 or width % 2 or min(height, width) < 4:
            return
        values = self._tensor
        quantization = self._builder.graph.tensors[values].quantization
        self._shape = (height // 2, width // 2, channels)
        self._tensor = self._builder.tensor((1, *self._shape), quantization.scale[0], quantization.zeroPoint[0])
        fields = {"filterHeight": 2, "filterWidth": 2, "strideH": 2, "strideW": 2}
        self._builder.operator("MAX_POOL_2D", [values], self._tensor, "Pool2DOptions", padding=PADDING["VALID"], **fields)
        self._window("DEPTHWISE_CONV_2D", (3, 3), 1, channels)
        self._table()
        gates = self._builder.graph.tensors[self._tensor].quantization
        doubled = self._builder.tensor((1, height, width, channels), gates.scale[0], gates.zeroPoint[0])
        size = self._builder.constant(np.array([height, width], np.int32))
        self._builder.operator("RESIZE_NEAREST_NEIGHBOR", [self._tensor, size], doubled, "ResizeNearestNeighborOptions")
        output = self._made((height, width, channels))
        self._builder.operator("MUL", [values, doubled], output, "MulOptions", fusedActivationFunction=ACTIVATION["NONE"])
        self._tensor = output

    def _table(self) -> None:
        output = self._builder.tensor((1, *self._shape), 1 / 256, -128)
        self._builder.operator("LOGISTIC", [self._tensor], output)
        self._tensor = output

    def _head(self) -> None:
        height, width, channels = self._shape
        quantization = self._builder.graph.tensors[self._tensor].quantization
        pooled = self._builder.tensor((1, 1, 1, channels), quantization.scale[0], quantization.zeroPoint[0])
        fields = {"filterHeight": height, "filterWidth": width, "strideH": 1, "strideW": 1}
        self._builder.operator("AVERAGE_POOL_2D", [self._tensor], pooled, "Pool2DOptions", padding=PADDING["VALID"], **fields)
        self._shape, self._tensor = (1, 1, channels), pooled
        self._convolution(1, 5)
