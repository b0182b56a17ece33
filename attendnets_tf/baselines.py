"""Published networks to compare AttendNets with: the same input, head, training, quantization and compiler.

All are as published but for the head, which is every network's here (:func:`attendnets_tf.blocks.head`), and for channel counts, which
a width multiplier makes multiples of 8.
"""

from typing import Any

from attendnets_tf.blocks import convolution, depthwise, head
from attendnets_tf.runtime import keras
from attendnets_tf.specification import Baseline

layers = keras.layers

RELU6 = 6.0
MOBILENET_V1 = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
"""(filters, stride) of the separable convolutions behind the first convolution (arXiv 1704.04861, table 1)."""
MOBILENET_V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""(expansion, filters, blocks, stride of the first) (arXiv 1801.04381, table 2)."""
MOBILENET_V2_LAST = 1280
RESNET8 = ((16, 1), (32, 2), (64, 2))
"""(filters, stride) of the residual blocks (MLPerf Tiny's reference network for image classification)."""


def baseline(specification: Baseline) -> Any:
    """The untrained network, a ``keras.Model`` with inputs and outputs as :func:`attendnets_tf.model.AttendNet`'s."""
    size = (specification.input.height, specification.input.width, specification.input.channels)
    inputs = keras.Input(size, name="image")
    build = {"mobilenet_v1": _mobilenet_v1, "mobilenet_v2": _mobilenet_v2, "resnet8": _resnet8}[specification.architecture]
    features = build(inputs, specification.width, specification.stem_stride)
    return keras.Model(inputs, head(features, specification.classes), name=specification.name)


def _mobilenet_v1(x: Any, width: float, stem_stride: int) -> Any:
    x = convolution(x, _scaled(32, width), "stem", kernel=3, stride=stem_stride, limit=RELU6)
    for number, (filters, stride) in enumerate(MOBILENET_V1, start=1):
        x = depthwise(x, f"block{number}/depthwise", stride=stride, limit=RELU6)
        x = convolution(x, _scaled(filters, width), f"block{number}/pointwise", limit=RELU6)
    return x


def _mobilenet_v2(x: Any, width: float, stem_stride: int) -> Any:
    x = convolution(x, _scaled(32, width), "stem", kernel=3, stride=stem_stride, limit=RELU6)
    for number, (expansion, filters, blocks, stride) in enumerate(MOBILENET_V2, start=1):
        for block in range(1, blocks + 1):
            name = f"stage{number}/block{block}"
            x = _inverted_residual(x, expansion, _scaled(filters, width), stride if block == 1 else 1, name)
    return convolution(x, _scaled(MOBILENET_V2_LAST, max(1.0, width)), "last", limit=RELU6)


def _inverted_residual(x: Any, expansion: int, filters: int, stride: int, name: str) -> Any:
    shortcut = x
    if expansion > 1:
        x = convolution(x, expansion * x.shape[-1], f"{name}/expand", limit=RELU6)
    x = depthwise(x, f"{name}/depthwise", stride=stride, limit=RELU6)
    x = convolution(x, filters, f"{name}/project", relu=False)
    return layers.Add(name=f"{name}/add")([shortcut, x]) if stride == 1 and shortcut.shape[-1] == filters else x


def _resnet8(x: Any, width: float, stem_stride: int) -> Any:
    x = convolution(x, _scaled(16, width), "stem", kernel=3, stride=stem_stride)
    for number, (filters, stride) in enumerate(RESNET8, start=1):
        name, shortcut = f"block{number}", x
        if stride > 1:
            shortcut = convolution(x, _scaled(filters, width), f"{name}/shortcut", stride=stride, relu=False)
        x = convolution(x, _scaled(filters, width), f"{name}/first", kernel=3, stride=stride)
        x = convolution(x, _scaled(filters, width), f"{name}/second", kernel=3, relu=False)
        x = layers.Add(name=f"{name}/add")([x, shortcut])
        x = layers.ReLU(name=f"{name}/add_relu")(x)
    return x


def _scaled(filters: int, width: float) -> int:
    """The nearest multiple of 8, at least 8, and not below 90 % of the exact value (as in arXiv 1801.04381's published code)."""
    exact = filters * width
    rounded = max(8, int(exact + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * exact else rounded
