"""The published networks have their published sizes, and quantize and compile like our own."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

if find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

from attendnets_tf.conversion import Int8Model, convert
from attendnets_tf.distribution import strategy_for
from attendnets_tf.model import build_model, count_macs, count_parameters
from attendnets_tf.quantization import calibrate, quantization_aware
from attendnets_tf.runtime import seed_everything
from attendnets_tf.specification import Baseline, Input, load_specification
from export.check import check
from export.read import read_bytes
from export.reference import predict


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        ("mobilenet_v1", 3_258_000, 567.8e6),  # as arXiv 2009.14385 counts it, with 50 classes
        ("mobilenet_v2", 2_288_000, 299.6e6),
        ("resnet8", 77_706, 12.5e6),  # MLPerf Tiny's has biases besides, and a dense head
    ],
)
def test_published_sizes(name: str, parameters: int, macs: float) -> None:
    model = build_model(load_specification(name))
    assert count_parameters(model) == pytest.approx(parameters, rel=0.005)
    assert count_macs(model) == pytest.approx(macs, rel=0.003)


def test_the_comparison_keeps_the_papers_ratios() -> None:
    """MobileNet-V1 has 4.17 times the parameters of AttendNet-B and three times its multiply-adds."""
    ours, theirs = (build_model(load_specification(name)) for name in ("attendnet_micro", "mobilenet_v1_micro"))
    assert count_parameters(theirs) / count_parameters(ours) == pytest.approx(4.17, rel=0.03)
    assert count_macs(theirs) / count_macs(ours) == pytest.approx(3, rel=0.03)


@pytest.mark.parametrize("architecture", ["mobilenet_v1", "mobilenet_v2", "resnet8"])
def test_they_quantize_and_the_reference_equals_tensorflow_lite(architecture: str) -> None:
    seed_everything(1)
    model = build_model(Baseline("small", architecture, Input(32, 32, 3), 4, 0.25, 1))
    images = np.random.default_rng(1).integers(-128, 128, (3, 32, 32, 3)).astype(np.int8)
    for _ in range(60):  # as in training: without statistics, activations fade out over so many layers
        model(images.astype(np.float32) / 128, training=True)
    quantized = quantization_aware(model)
    calibrate(quantized, [images.astype(np.float32) / 128], strategy_for("none"))
    flatbuffer = convert(quantized)
    graph = check(read_bytes(flatbuffer, "test", "small"))
    expected = Int8Model(flatbuffer)(images)
    for image, scores in zip(images, expected, strict=True):
        (output,) = predict(graph, [image[None]])
        np.testing.assert_array_equal(output, scores[None])


def test_width_makes_multiples_of_eight() -> None:
    specification = load_specification("mobilenet_v1")
    assert isinstance(specification, Baseline)
    model = build_model(replace(specification, width=0.3, input=Input(32, 32, 3)))
    widths = {layer.filters for layer in model.layers if layer.__class__.__name__ == "Conv2D"} - {50}
    assert all(width % 8 == 0 for width in widths) and max(widths) == 304
