"""How pixels become a model's input: the one definition that images on the workstation and cameras on the device share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import InputError

if TYPE_CHECKING:
    from .plan.plan import Quantized

IMAGE_TYPES = ("int8", "uint8")
RESIZES = ("antialias", "area", "bilinear")
HINT = "Correct the preprocessing in the .json beside the model."


@dataclass(frozen=True)
class Preprocessing:
    """What a model was trained with, from its card.

    ``resize`` is how image files come to its size: antialias, area or bilinear. A pixel p stands for the real value
    (p - mean) / divisor; where both are None, for whatever int8 = p - 128 or uint8 = p stands for.
    """

    resize: str = "antialias"
    mean: float | None = None
    divisor: float | None = None

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> Preprocessing:
        """From a model card's ``preprocessing``, of which ``resize`` and ``normalization`` (mean, divisor) count.

        Raises InputError for an unknown resize, and for a normalization that is not two numbers, the divisor not 0.
        """
        resize, normalization = card.get("resize", "antialias"), card.get("normalization")
        if resize not in RESIZES:
            raise InputError(f"The model card's resize is {resize!r}; known are {', '.join(RESIZES)}.", HINT)
        if normalization is None:
            return cls(resize)
        numbers = normalization if isinstance(normalization, dict) else {}
        if numbers.keys() != {"mean", "divisor"} or not all(map(_is_number, numbers.values())) or not numbers["divisor"]:
            raise InputError(f"The model card's normalization is not a mean and a divisor: {normalization!r}.", HINT)
        return cls(resize, **numbers)

    def values(self, source: Quantized) -> np.ndarray:
        """What the model's input ``source``, int8 or uint8, is for every pixel 0…255: its type, [256].

        Quantized as TensorFlow Lite Micro's QUANTIZE does: float32, rounded half away from zero, limited to the type.
        """
        pixels = np.arange(256)
        if self.mean is None or self.divisor is None:
            return (pixels - 128 if source.dtype == "int8" else pixels).astype(source.dtype)
        scaled = ((pixels - self.mean) / self.divisor).astype(np.float32) / np.float32(source.scale)
        rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled)).astype(np.float64) + source.zero_point
        limits = np.iinfo(source.dtype)
        return np.clip(rounded, limits.min, limits.max).astype(source.dtype)


PLAIN_PIXELS = Preprocessing()
"""Of a model without a card."""


def image_size(inputs: tuple[Quantized, ...], name: str) -> tuple[int, int, int]:
    """(height, width, channels) of the one image, grey or RGB, of bytes, that the model ``name`` takes.

    Raises InputError for other inputs.
    """
    shape = inputs[0].shape
    if len(inputs) != 1 or len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3) or inputs[0].dtype not in IMAGE_TYPES:
        shapes = ", ".join(f"{value.dtype} {list(value.shape)}" for value in inputs)
        raise InputError(
            f"{name} does not take one image: its inputs are {shapes}.",
            "Images and cameras are for models of one image; verify takes any model, without --image.",
        )
    return shape[1], shape[2], shape[3]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
