"""The networks that a search draws from: a prototype's stem, stages and blocks, changed within bounds.

Macro-architecture: input size, stem stride, number of stages, and for each its stride, blocks and their kind, and whether condensers lead
them. Micro-architecture: widths, expansion, what is inside a condenser, and how its attention acts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attendnets_tf.specification import BLOCKS, EMBEDDINGS, Attention, Input, Specification, Stage, Stem
from export.errors import InputError

if TYPE_CHECKING:
    from attendnets_tf.explore.study import Trial

SIZES = (0.5, 0.625, 0.75, 0.875, 1.0)
"""Of the prototype's input, in multiples of four pixels."""
SMALLEST_SIZE, MOST_STAGES, MOST_BLOCKS = 12, 5, 6
STRIDES = (1, 2)
EXPANSIONS = (0.5, 1, 1.5, 2)
CONDENSERS = (0, 0.125, 0.25, 0.5)
"""Channels inside, as a share of the stage's; 0: no condenser."""
ATTENTIONS = ("mul sigmoid", "mul relu6", "mul_residual sigmoid", "mul_residual relu6", "scale_add")


@dataclass(frozen=True)
class Space:
    """Networks around a ``prototype``; widths are multiples of ``multiple``, 4 or 8."""

    prototype: Specification
    multiple: int = 4

    def __post_init__(self) -> None:
        if self.multiple not in (4, 8):
            raise InputError(f"widths in multiples of {self.multiple}", "use 4 or 8")

    def sizes(self) -> list[tuple[int, int]]:
        """(height, width) of the inputs, the smallest first."""
        height, width = self.prototype.input.height, self.prototype.input.width
        found = {(rounded(share * height, 4), rounded(share * width, 4)) for share in SIZES[:-1]} | {(height, width)}
        return sorted(size for size in found if min(size) >= min(SMALLEST_SIZE, height, width))

    def draw(self, trial: Trial, name: str, classes: int) -> Specification:
        """The network that a trial of Optuna suggests. Maps are halved, and condensers asked for, only where their size is even."""
        prototype = self.prototype
        sizes = self.sizes()
        size = sizes[trial.suggest_categorical("size", range(len(sizes)))]
        stem = Stem(
            self._width(trial, "stem_filters", prototype.stem.filters), trial.suggest_categorical("stem_stride", STRIDES)
        )
        count = len(prototype.stages)
        stages: list[Stage] = []
        height, width = (-(-side // stem.stride) for side in size)
        for number in range(1, 1 + trial.suggest_int("stages", max(1, count - 1), min(MOST_STAGES, count + 1))):
            stages.append(self._stage(trial, number, height % 2 == width % 2 == 0, height % 4 == width % 4 == 0))
            height, width = height // stages[-1].stride, width // stages[-1].stride
        attention = prototype.attention
        if any(stage.condenser_channels for stage in stages):
            form, _, gate = trial.suggest_categorical("attention", ATTENTIONS).partition(" ")
            attention = Attention(form, gate or None)
        return Specification(name, Input(*size, prototype.input.channels), classes, stem, tuple(stages), attention)

    def _stage(self, trial: Trial, number: int, even: bool, even_halved: bool) -> Stage:
        name, like = f"stage{number}", self.prototype.stages[min(number, len(self.prototype.stages)) - 1]
        filters = self._width(trial, f"{name}_filters", like.filters)
        blocks = trial.suggest_int(f"{name}_blocks", 1, min(MOST_BLOCKS, like.blocks + 2))
        stride = trial.suggest_categorical(f"{name}_stride", STRIDES) if even else 1
        block = trial.suggest_categorical(f"{name}_block", BLOCKS)
        expansion = trial.suggest_categorical(f"{name}_expansion", EXPANSIONS) if block == "pepe" else 1
        possible = blocks > 1 and (even_halved if stride == 2 else even)
        share = trial.suggest_categorical(f"{name}_condenser", CONDENSERS) if possible else 0
        if not share:
            return Stage(filters, blocks, stride, None, block, expansion)
        embedding = trial.suggest_categorical(f"{name}_embedding", EMBEDDINGS)
        return Stage(filters, blocks, stride, rounded(share * filters, 4), block, expansion, embedding)

    def _width(self, trial: Trial, name: str, like: int) -> int:
        """From a quarter of the prototype's to twice."""
        step = self.multiple
        return trial.suggest_int(name, rounded(like / 4, step), rounded(2 * like, step), step=step)


def rounded(value: float, multiple: int) -> int:
    """To the nearest multiple, at least one of it."""
    return max(multiple, round(value / multiple) * multiple)
