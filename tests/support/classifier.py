"""A classifier of brightness as int8 and float ``.tflite``, and images for it: small enough to know every answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from attendnets_tf.card import Card, card_path, float_path, sha256

from .model_builder import ModelBuilder

SIDE = 4
DARK, BRIGHT = 0, 1


def brightness_model(dtype: str = "int8") -> bytes:
    """[1, 4, 4, 1] with real = (pixel - 100) / 100 → scores of dark and bright; ``dtype``, int8 or uint8, is that of the input."""
    builder = ModelBuilder()
    image, flat = (builder.tensor(shape, 0.01, -28, "tensor") for shape in ((1, SIDE, SIDE, 1), (1, SIDE * SIDE)))
    source = builder.tensor((1, SIDE, SIDE, 1), 0.01, 100, "pixels", dtype="uint8") if dtype == "uint8" else image
    if source != image:
        builder.operator("QUANTIZE", [source], image, "QuantizeOptions")
    shape = builder.constant(np.array([1, SIDE * SIDE], np.int32))
    builder.operator("RESHAPE", [image, shape], flat, "ReshapeOptions", newShape=[1, SIDE * SIDE])
    scores = builder.tensor((1, 2), 0.2, 0, "scores")
    weights = builder.constant(np.repeat(np.array([[-100], [100]], np.int8), SIDE * SIDE, axis=1), [0.01])
    builder.operator("FULLY_CONNECTED", [flat, weights], scores, "FullyConnectedOptions")
    return builder.build([source], [scores])


def brightness_float_model(side: int = SIDE) -> bytes:
    """The same for float32, from the real values of the int8 input."""
    builder = ModelBuilder()

    def tensor(shape: tuple[int, ...]) -> int:
        return builder.tensor(shape, 1.0, 0, dtype="float32")

    image, flat, scores = tensor((1, side, side, 1)), tensor((1, side * side)), tensor((1, 2))
    shape = builder.constant(np.array([1, side * side], np.int32))
    builder.operator("RESHAPE", [image, shape], flat, "ReshapeOptions", newShape=[1, side * side])
    weights = builder.constant(np.repeat(np.array([[-1], [1]], np.float32), side * side, axis=1))
    builder.operator("FULLY_CONNECTED", [flat, weights], scores, "FullyConnectedOptions")
    return builder.build([image], [scores])


def write_classifier(folder: Path, labels: tuple[str, ...] | None = None, twin: bool = True) -> Path:
    """brightness.tflite in ``folder``, with a card where there are ``labels``, and with its float twin."""
    path = folder / "brightness.tflite"
    path.write_bytes(brightness_model())
    if twin:
        float_path(path).write_bytes(brightness_float_model())
    if labels:
        size = {"height": SIDE, "width": SIDE, "channels": 1}
        card = Card("brightness", labels, size, {}, 0, 0, {}, {}, "", 7, {}, sha256(path.read_bytes()), "", "")
        card_path(path).write_text(card.to_json())
    return path


def write_images(folder: Path, names: tuple[str, str], per_class: int = 10) -> Path:
    """A folder for each of ``names`` (dark and bright ones) with images of one grey each; one bright image is dark."""
    for label, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for number in range(per_class):
            wrong = label == BRIGHT and number == 0
            grey = (130 if label == BRIGHT and not wrong else 70) + number
            Image.fromarray(np.full((SIDE, SIDE), grey, np.uint8)).save(folder / name / f"{number}.png")
    return folder
