"""A classifier for boards with 16 KB of RAM: ``python -m tests.support.small_model`` writes tests/data/small.tflite."""

from pathlib import Path

import numpy as np

from tests.support.model_builder import ModelBuilder

PATH = Path(__file__).parents[1] / "data" / "small.tflite"


def small_model() -> bytes:
    """16x16 grey → convolution 3x3/2 to 8 channels → average pool → 4 classes; weights drawn from a fixed seed."""
    generator = np.random.default_rng(1)
    builder = ModelBuilder()
    image = builder.tensor((1, 16, 16, 1), 1 / 128, 0, "image")
    filters = builder.constant(generator.integers(-127, 128, (8, 3, 3, 1), np.int8), [0.01] * 8)
    bias = builder.constant(generator.integers(-500, 500, 8, np.int32), [0.01 / 128] * 8)
    features = builder.tensor((1, 8, 8, 8), 0.02, -128, "features")
    strides = {"padding": 0, "strideH": 2, "strideW": 2, "dilationHFactor": 1, "dilationWFactor": 1}
    builder.operator("CONV_2D", [image, filters, bias], features, "Conv2DOptions", fusedActivationFunction=1, **strides)
    pooled = builder.tensor((1, 1, 1, 8), 0.02, -128, "pooled")
    window = {"padding": 1, "strideH": 8, "strideW": 8, "filterHeight": 8, "filterWidth": 8}
    builder.operator("AVERAGE_POOL_2D", [features], pooled, "Pool2DOptions", **window)
    weights = builder.constant(generator.integers(-127, 128, (4, 8), np.int8), [0.01])
    classes = builder.tensor((1, 4), 0.05, 0, "classes")
    builder.operator("FULLY_CONNECTED", [pooled, weights], classes, "FullyConnectedOptions")
    return builder.build([image], [classes])


if __name__ == "__main__":
    PATH.write_bytes(small_model())
