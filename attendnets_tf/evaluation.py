"""Measuring a classifier on labelled images: which images, accuracy with its uncertainty, confusion, and the picture of it."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from attendnets_tf.card import Card
from attendnets_tf.data import Split, load_dataset
from attendnets_tf.files import write_together
from attendnets_tf.images import to_int8
from export.errors import InputError

SPLITS = ("test", "validation", "train")
PIXEL_MINUS_128 = to_int8(np.arange(256, dtype=np.uint8))
BATCH = 256
NORMAL_95 = 1.959963984540054  # 97.5 % of a standard normal distribution lie below
REPORT_FILE, PICTURE_FILE = FILES = ("evaluation.json", "confusion.png")
DETAILED_CLASSES, MOST_LABELS, LABEL_LENGTH = 20, 50, 20


@dataclass(frozen=True)
class Samples:
    """Labelled images; label ``i`` means ``classes[i]``, the model's output ``i``. ``parts`` are the data set's splits.

    ``values`` is the model's input for every pixel 0…255, int8 or uint8 [256].
    """

    data: str
    split: str
    seed: int
    classes: tuple[str, ...]
    parts: tuple[Split, ...]
    labels: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def batches(self) -> Iterator[np.ndarray]:
        """What the model takes: int8 or uint8 [n, height, width, channels], n up to 256, in the order of ``labels``."""
        for part in self.parts:
            for start in range(0, len(part), BATCH):
                yield self.values[part.images[start : start + BATCH]]


def load_samples(
    source: str,
    size: tuple[int, int, int],
    scores: int,
    card: Card | None,
    split: str | None,
    seed: int | None,
    values: np.ndarray = PIXEL_MINUS_128,
    method: str = "antialias",
) -> Samples:
    """The images of ``source`` (see :func:`attendnets_tf.data.load_dataset`) on which to measure a model with ``scores`` outputs.

    ``values`` is the model's input for every pixel 0…255, and ``method`` resizes images, both as the model was trained.
    ``split`` is test, validation, train or all; ``seed`` splits the data. None: as the model was trained by its card, and its
    test split; without a card, seed 1 and all images. Classes are matched with the card's labels by name; without a card class
    ``i`` in the order of names is output ``i``. Raises :class:`InputError` where they do not match.
    """
    split = split or ("test" if card else "all")
    seed = seed if seed is not None else card.seed if card else 1
    dataset = load_dataset(source, *size, seed, method)
    outputs = _outputs(dataset.classes, scores, card)
    splits = {"test": dataset.test, "validation": dataset.validation, "train": dataset.train}
    parts = tuple(splits[name] for name in (SPLITS if split == "all" else (split,)))
    labels = np.array(outputs, np.int64)[np.concatenate([part.labels for part in parts])]
    return Samples(source, split, seed, card.labels if card else dataset.classes, parts, labels, values)


def _outputs(classes: tuple[str, ...], scores: int, card: Card | None) -> list[int]:
    """The model's output for each class of the data."""
    if card is None:
        if len(classes) != scores:
            hint = "Class i of the data, sorted by name, must be output i: give every output a class, in that order."
            raise InputError(f"The data have {len(classes)} classes, and the model has {scores} outputs.", hint)
        return list(range(scores))
    if len(card.labels) != scores:
        raise InputError(f"The model has {scores} outputs, and its card {len(card.labels)} labels.", "Correct the card.")
    if strangers := [name for name in classes if name not in card.labels]:
        listed = ", ".join(card.labels[:10]) + (" …" if len(card.labels) > 10 else "")
        raise InputError(
            f"The model has no class {strangers[0]}; its classes are {listed}.",
            "Name the class folders, or classes in the .npz file, like the labels in the model's card.",
        )
    return [card.labels.index(name) for name in classes]


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """int64 [classes, classes]: how often an image of class (row) was taken for class (column)."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def wilson_interval(correct: int, samples: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share by the Wilson score, which holds near 0 and 1 and for few samples too.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    share, weight = correct / samples, NORMAL_95**2 / samples
    centre = (share + weight / 2) / (1 + weight)
    half = NORMAL_95 * sqrt(share * (1 - share) / samples + weight / (4 * samples)) / (1 + weight)
    # At a share of 0 or 1 that is the bound, and rounding must not push it out of the interval.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def measure(samples: Samples, predicted: dict[str, np.ndarray]) -> dict[str, Any]:
    """The figures, as plain JSON. ``predicted`` are classes int64 [n] by the form of the model; "compiled" must be among them.

    ``accuracy`` has one entry per form; ``confusion`` (rows: true class) and ``per_class`` are the compiled model's. A precision
    or recall without any image to take it from is None.
    """
    accuracy = {}
    for name, classes in predicted.items():
        correct = int((classes == samples.labels).sum())
        interval = wilson_interval(correct, len(samples))
        accuracy[name] = {"accuracy": correct / len(samples), "interval": list(interval), "correct": correct}
    confusion = confusion_matrix(samples.labels, predicted["compiled"], len(samples.classes))
    hits, actual, guessed = (values.tolist() for values in (confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)))
    return {
        "samples": len(samples),
        "accuracy": accuracy,
        "per_class": [
            {"label": label, "images": images, "precision": _share(hit, guesses), "recall": _share(hit, images)}
            for label, images, hit, guesses in zip(samples.classes, actual, hits, guessed, strict=True)
        ],
        "confusion": confusion.tolist(),
    }


def write_report(out: Path, report: dict[str, Any], samples: Samples) -> dict[str, Any]:
    """Write the picture of ``report["confusion"]`` and the report into the folder ``out``; returns the report with their paths.

    The picture's path is None where matplotlib, which draws it, is not installed.
    """
    picture = out / PICTURE_FILE
    drawn: dict[Path, bytes] = {}
    if find_spec("matplotlib"):
        compiled = report["accuracy"]["compiled"]["accuracy"]
        title = f"{_shortened(Path(samples.data).name)}, {samples.split}: {len(samples):,} images, {100 * compiled:.2f} % right"
        drawn[picture] = plot_confusion(np.array(report["confusion"]), samples.classes, title)
    report = report | {"report": str(out / REPORT_FILE), "picture": str(picture) if drawn else None}
    write_together({**drawn, out / REPORT_FILE: json.dumps(report, indent=1) + "\n"})
    if not drawn:
        picture.unlink(missing_ok=True)  # of an earlier run
    return report


def plot_confusion(confusion: np.ndarray, classes: tuple[str, ...], title: str) -> bytes:
    """PNG bytes: the confusion matrix, every row as shares of its class. Up to 20 classes it shows the counts as well.

    Of many classes, evenly spaced ones are named. Colours follow the root of the share, so that rare confusions are seen.
    """
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure  # a Figure of its own never needs a display

    count = len(classes)
    side = min(max(5.0, 2 + 0.45 * count), 14.0)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    picture = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
    figure.colorbar(picture, ax=axes, shrink=0.8, label="share of the true class")
    named = range(0, count, -(-count // MOST_LABELS))
    names = [_shortened(classes[index]) for index in named]
    axes.set_xticks(list(named), names, rotation=90 if max(map(len, names)) > 2 else 0)
    axes.set_yticks(list(named), names)
    axes.set(xlabel="predicted", ylabel="true class")
    axes.set_title(title, fontsize=10)
    if count <= DETAILED_CLASSES:
        for row, column in zip(*np.nonzero(confusion), strict=True):
            colour = "white" if shares[row, column] > 0.3 else "black"
            axes.text(column, row, str(confusion[row, column]), ha="center", va="center", color=colour, fontsize=8)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def _shortened(name: str) -> str:
    shown = name if len(name) <= LABEL_LENGTH else f"{name[: LABEL_LENGTH - 1]}…"
    return shown.replace("$", r"\$")  # matplotlib reads formulas between dollar signs


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
