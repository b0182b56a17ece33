"""Pixels to a model's input: one definition, equal to TensorFlow Lite Micro's QUANTIZE where a card gives a normalization."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendnets_tf.images import NORMALIZATION, PREPROCESSING, RESIZES, to_int8
from export.errors import InputError
from export.preprocessing import RESIZES as KNOWN_RESIZES
from export.preprocessing import Preprocessing
from tests.support.cameras import values
from tests.support.model_builder import ModelBuilder
from tests.support.oracle import tflm

PIXELS = np.arange(256)


def test_both_packages_name_the_same_resizes() -> None:
    assert RESIZES == KNOWN_RESIZES


def test_without_a_normalization_pixels_are_taken_as_they_are() -> None:
    assert values("int8", scale=0.3, zero_point=5).tolist() == (PIXELS - 128).tolist()
    assert values("uint8", scale=0.3, zero_point=5).tolist() == PIXELS.tolist()


def test_the_normalization_of_training_is_pixel_minus_128() -> None:
    trained = Preprocessing.of_card(PREPROCESSING)
    assert trained == Preprocessing("antialias", NORMALIZATION["mean"], NORMALIZATION["divisor"])
    assert np.array_equal(values("int8", trained), to_int8(PIXELS.astype(np.uint8)))
    assert np.array_equal(values("uint8", trained, 1 / 128, 128), PIXELS)


@given(st.floats(-300, 300), st.floats(0.01, 300), st.floats(1e-4, 1), st.integers(-128, 127))
def test_a_normalization_is_quantized_as_the_interpreter_does(
    mean: float, divisor: float, scale: float, zero_point: int
) -> None:
    builder = ModelBuilder()
    real, image = builder.tensor((256,), 1.0, 0, dtype="float32"), builder.tensor((256,), scale, zero_point)
    builder.operator("QUANTIZE", [real], image, "QuantizeOptions")
    [expected] = tflm(builder.build([real], [image]), [((PIXELS - mean) / divisor).astype(np.float32)])
    assert np.array_equal(values("int8", Preprocessing("area", mean, divisor), scale, zero_point), expected)


@pytest.mark.parametrize(
    "card",
    [
        {"resize": "nearest"},
        {"resize": ["area"]},
        {"normalization": "(pixel - 128) / 128"},
        {"normalization": {"mean": 1}},
        {"normalization": {"mean": 1, "divisor": 0}},
        {"normalization": {"mean": True, "divisor": 1}},
        {"normalization": {"mean": float("nan"), "divisor": 1}},
    ],
)
def test_cards_that_say_nothing_sensible_are_refused(card: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="The model card's"):
        Preprocessing.of_card(card)
