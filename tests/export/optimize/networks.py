"""Random networks in the manner of published ones, with what the passes look for: dead filters, pads, activations of their own, tables."""

from __future__ import annotations

import numpy as np

from export.check import check
from export.decision import Decision
from export.graph import Graph
from export.optimize import PASSES, optimize
from export.read import read_bytes
from export.reference import execute
from tests.support.model_builder import ACTIVATION, PADDING, ModelBuilder
from tests.support.operators import Case

Shape = tuple[int, ...]


class Network:
    """Grows a model layer by layer; every method takes a tensor and returns the one behind it."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.builder = ModelBuilder()
        self.shapes: dict[int, Shape] = {}

    def chance(self, share: float) -> bool:
        return bool(self.random.uniform() < share)

    def tensor(self, shape: Shape, scale: float | None = None, zero_point: int | None = None) -> int:
        scale = float(np.float32(self.random.uniform(0.02, 0.1))) if scale is None else scale
        zero_point = int(self.random.choice([-128, -128, 0, 7])) if zero_point is None else zero_point
        index = self.builder.tensor(shape, scale, zero_point, f"block{len(self.shapes)}/tensor")
        self.shapes[index] = tuple(shape)
        return index

    def like(self, source: int, shape: Shape | None = None) -> int:
        quantization = self.builder.graph.tensors[source].quantization
        shape = self.shapes[source] if shape is None else shape
        return self.tensor(shape, quantization.scale[0], quantization.zeroPoint[0])

    def zero_point(self, tensor: int) -> int:
        return int(self.builder.graph.tensors[tensor].quantization.zeroPoint[0])

    def biases(self, dead: np.ndarray, scales: list[float] | None = None) -> list[int]:
        """Those of dead filters are often such that a clamp makes the zero point of them."""
        if self.chance(0.2):
            return []
        values = self.random.integers(-3000, 3000, dead.size)
        values = np.where(dead & (self.random.uniform(size=dead.size) < 0.6), -abs(values) * self.random.integers(0, 2), values)
        return [self.builder.constant(values.astype(np.int32), scales or [1.0])]

    def scales(self, channels: int) -> list[float]:
        """One, or one per channel; training has faded some filters out."""
        scales = self.random.uniform(0.002, 0.02, channels if self.chance(0.7) else 1)
        faded = (self.random.uniform(size=scales.size) < 0.1) & (scales.size > 1)
        return np.where(faded, scales * 1e-6, scales).astype(np.float32).tolist()

    def convolution(
        self, source: int, channels: int, window: int = 1, stride: int = 1, padding: str = "SAME", dead: float = 0.4
    ) -> int:
        depth = self.shapes[source][3]
        weights = self.random.integers(-127, 128, (channels, window, window, depth)).astype(np.int8)
        filters = self.random.uniform(size=channels) < dead
        weights[filters] = 0
        weights[..., self.random.uniform(size=depth) < dead / 3] = 0
        constants = [self.builder.constant(weights, self.scales(channels)), *self.biases(filters)]
        return self._window("CONV_2D", "Conv2DOptions", source, constants, channels, window, stride, padding)

    def depthwise(self, source: int, window: int = 3, stride: int = 1, padding: str = "SAME", multiplier: int = 1) -> int:
        channels = self.shapes[source][3] * multiplier
        weights = self.random.integers(-127, 128, (1, window, window, channels)).astype(np.int8)
        filters = self.random.uniform(size=channels) < 0.3
        weights[..., filters] = 0
        constants = [self.builder.constant(weights, self.scales(channels), axis=3), *self.biases(filters)]
        options = "DepthwiseConv2DOptions"
        return self._window(
            "DEPTHWISE_CONV_2D", options, source, constants, channels, window, stride, padding, depthMultiplier=multiplier
        )

    def _window(
        self,
        kind: str,
        options: str,
        source: int,
        constants: list[int],
        channels: int,
        window: int,
        stride: int,
        padding: str,
        **extra: int,
    ) -> int:
        batch, *sides, _ = self.shapes[source]
        sides = [-(-s // stride) if padding == "SAME" else -(-(s - window + 1) // stride) for s in sides]
        output = self.tensor((batch, *sides, channels))
        activation = ACTIVATION[str(self.random.choice(["NONE", "RELU", "RELU6", "RELU6"]))]
        fields = {"padding": PADDING[padding], "strideH": stride, "strideW": stride, "dilationHFactor": 1, "dilationWFactor": 1}
        operands = [source, *constants]
        self.builder.operator(kind, operands, output, options, fusedActivationFunction=activation, **fields, **extra)
        return output

    def unary(self, source: int, kind: str, scale: float | None = None, zero_point: int | None = None) -> int:
        if kind == "LOGISTIC":
            scale, zero_point = 1 / 256, -128
        output = self.like(source) if scale is None else self.tensor(self.shapes[source], scale, zero_point)
        self.builder.operator(kind, [source], output, "QuantizeOptions" if kind == "QUANTIZE" else None)
        return output

    def binary(self, kind: str, first: int, second: int, activation: str = "NONE") -> int:
        output = self.tensor(self.shapes[first])
        self.builder.operator(
            kind, [first, second], output, f"{kind.title()}Options", fusedActivationFunction=ACTIVATION[activation]
        )
        return output

    def single(self, value: int) -> int:
        return self.builder.constant(np.array([value], np.int8), [0.05], 0)

    def pad(self, source: int, widths: list[list[int]], value: int | None = None, other_scale: bool = False) -> int:
        shape = tuple(s + sum(w) for s, w in zip(self.shapes[source], widths, strict=True))
        output = self.tensor(shape) if other_scale else self.like(source, shape)
        operands = [source, self.builder.constant(np.array(widths, np.int32))]
        if value is None:
            self.builder.operator("PAD", operands, output, "PadOptions")
        else:
            quantization = self.builder.graph.tensors[output].quantization
            operands.append(
                self.builder.constant(np.array([value], np.int8), [quantization.scale[0]], quantization.zeroPoint[0])
            )
            self.builder.operator("PADV2", operands, output, "PadV2Options")
        return output

    def pool(
        self, source: int, kind: str, window: int = 2, stride: int = 2, padding: str = "VALID", activation: str = "NONE"
    ) -> int:
        batch, *sides, depth = self.shapes[source]
        sides = [-(-s // stride) if padding == "SAME" else -(-(s - window + 1) // stride) for s in sides]
        output = self.like(source, (batch, *sides, depth))
        fields = {
            "padding": PADDING[padding],
            "strideH": stride,
            "strideW": stride,
            "filterHeight": window,
            "filterWidth": window,
        }
        self.builder.operator(kind, [source], output, "Pool2DOptions", fusedActivationFunction=ACTIVATION[activation], **fields)
        return output

    def resize(self, source: int) -> int:
        batch, height, width, depth = self.shapes[source]
        output = self.like(source, (batch, 2 * height, 2 * width, depth))
        size = self.builder.constant(np.array([2 * height, 2 * width], np.int32))
        self.builder.operator("RESIZE_NEAREST_NEIGHBOR", [source, size], output, "ResizeNearestNeighborOptions")
        return output

    def gate(self, source: int) -> int:
        """What an attention condenser multiplies with: pooled, mixed, enlarged, then squashed."""
        batch, height, width, _ = self.shapes[source]
        small = self.convolution(source, self.shapes[source][3], 2, 2)
        large, shape = self.resize(small), (batch, height, width, self.shapes[source][3])
        squashed = self.unary(large, "LOGISTIC")
        return squashed if self.shapes[squashed] == shape else self.convolution(source, shape[3])

    def concatenation(self, *sources: int) -> int:
        """The operands get one quantization, as the reference kernel demands."""
        shape, tensors = self.shapes[sources[0]], self.builder.graph.tensors
        for other in sources[1:]:
            tensors[other].quantization = tensors[sources[0]].quantization
        output = self.like(sources[0], (*shape[:-1], sum(self.shapes[s][-1] for s in sources)))
        self.builder.operator("CONCATENATION", list(sources), output, "ConcatenationOptions", axis=3)
        return output

    def mean(self, source: int) -> int:
        output = self.tensor((1, self.shapes[source][3]))
        self.builder.operator(
            "MEAN", [source, self.builder.constant(np.array([1, 2], np.int32))], output, "ReducerOptions", keepDims=False
        )
        return output

    def flatten(self, source: int) -> int:
        return self.reshape(source, (1, int(np.prod(self.shapes[source]))))

    def reshape(self, source: int, shape: Shape) -> int:
        output, target = self.like(source, shape), self.builder.constant(np.array(shape, np.int32))
        self.builder.operator("RESHAPE", [source, target], output, "ReshapeOptions", newShape=list(shape))
        return output

    def fully_connected(self, source: int, channels: int, dead: float = 0.2) -> int:
        depth = int(np.prod(self.shapes[source]))
        weights = self.random.integers(-127, 128, (channels, depth)).astype(np.int8)
        filters = self.random.uniform(size=channels) < dead
        weights[filters] = 0
        scales = self.scales(channels)
        # TensorFlow Lite Micro insists that the biases have the scale of the products here.
        products = [float(self.builder.graph.tensors[source].quantization.scale[0]) * scale for scale in scales]
        constants = [self.builder.constant(weights, scales), *self.biases(filters, products)]
        output = self.tensor((1, channels))
        self.builder.operator("FULLY_CONNECTED", [source, *constants], output, "FullyConnectedOptions")
        return output

    def case(self, inputs: list[int], outputs: list[int]) -> Case:
        feeds = [self.random.integers(-128, 128, self.shapes[index]).astype(np.int8) for index in inputs]
        return Case(self.builder.build(inputs, outputs), feeds)


def mobilenet(seed: int) -> Case:
    """Depthwise-separable blocks with random extras between them, residuals, and one of three heads."""
    net = Network(seed)
    source = net.tensor((1, int(net.random.integers(7, 12)), int(net.random.integers(7, 12)), int(net.random.integers(1, 4))))
    x = net.convolution(source, int(net.random.integers(2, 9)), 3, 1 + seed % 2)
    for _ in range(int(net.random.integers(1, 4))):
        x = _block(net, x)
    outputs = [x] if net.chance(0.1) else []
    if net.chance(0.4):
        x = net.mean(x)
    elif net.chance(0.7):
        x = net.flatten(x)
    x = net.fully_connected(x, int(net.random.integers(1, 6)))
    if net.chance(0.3):
        x = net.fully_connected(x, 3)
    return net.case([source], [*outputs, x])


def _block(net: Network, x: int) -> int:
    if net.chance(0.3):
        x = net.pad(x, [[0, 0], [1, 1], [0, 1], [0, 0]], net.zero_point(x) if net.chance(0.3) else None, net.chance(0.2))
    if net.chance(0.25):
        x = net.unary(x, str(net.random.choice(["RELU", "RELU6", "QUANTIZE", "LOGISTIC"])))
    fits = min(net.shapes[x][1:3]) >= 4
    padding = "VALID" if fits and net.chance(0.4) else "SAME"
    x = net.depthwise(x, 3, 2 if fits and net.chance(0.3) else 1, padding, 2 if net.chance(0.15) else 1)
    x = y = net.convolution(x, int(net.random.integers(2, 9)), dead=float(net.random.choice([0.0, 0.4, 0.7])))
    if net.chance(0.3):
        y = net.binary("ADD", x, net.convolution(x, net.shapes[x][3]), str(net.random.choice(["NONE", "RELU6"])))
    if net.chance(0.2):
        y = net.binary("MUL", y, net.gate(y))
    if net.chance(0.2):
        y = net.concatenation(y, net.convolution(x, 3), y) if net.chance(0.3) else net.concatenation(y, net.convolution(x, 3))
    if net.chance(0.2):
        gate = net.unary(net.binary("ADD", y, net.single(60), "RELU6"), "QUANTIZE", 0.02, -128)
        y = net.binary("MUL", y, gate)
    if min(net.shapes[y][1:3]) >= 4 and net.chance(0.2):
        kind = str(net.random.choice(["MAX_POOL_2D", "AVERAGE_POOL_2D"]))
        y = net.pool(y, kind, 2, 2, str(net.random.choice(["SAME", "VALID"])))
    return y


def optimized(case: Case, *passes: str) -> tuple[Graph, tuple[Decision, ...]]:
    """The graph after these passes (all, if none is named), shown to give the same bytes as before on four inputs."""
    graph = check(read_bytes(case.model, "model", "model"))
    result, decisions = optimize(graph, [name for name in PASSES if passes and name not in passes])
    assert_equal(graph, result, case)
    return result, decisions


def assert_equal(graph: Graph, result: Graph, case: Case) -> None:
    """Model outputs are equal, and so is every tensor that both graphs compute."""
    for inputs in (
        case.inputs,
        *([np.full(values.shape, value, np.int8) for values in case.inputs] for value in (-128, 0, 127)),
    ):
        expected, actual = execute(graph, inputs), execute(result, inputs)
        assert set(result.outputs) == set(graph.outputs) <= set(actual)
        for index in expected.keys() & actual.keys():
            np.testing.assert_array_equal(actual[index], expected[index], graph.tensors[index].name)


def kinds(graph: Graph) -> list[str]:
    return [operator.kind for operator in graph.operators]
