"""Measuring a classifier: the right images with the right labels, honest intervals, and a readable picture."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from attendnets_tf.card import load_card
from attendnets_tf.data import load_dataset
from attendnets_tf.evaluation import (
    confusion_matrix,
    load_samples,
    measure,
    plot_confusion,
    wilson_interval,
    write_report,
)
from attendnets_tf.images import to_int8
from export.errors import InputError
from tests.support.classifier import SIDE, write_classifier, write_images

SIZE = (SIDE, SIDE, 1)


@pytest.fixture
def images(tmp_path: Path) -> str:
    return str(write_images(tmp_path / "images", ("dark", "light")))


@pytest.mark.parametrize(("correct", "samples"), [(491, 500), (0, 10), (10, 10), (1, 2), (1, 1), (70_000, 100_000)])
def test_the_bounds_are_the_shares_that_the_score_test_only_just_accepts(correct: int, samples: int) -> None:
    bounds = wilson_interval(correct, samples)
    assert 0 <= bounds[0] <= correct / samples <= bounds[1] <= 1
    for bound in bounds:
        distance = (correct / samples - bound) ** 2
        assert distance == pytest.approx(1.959964**2 * bound * (1 - bound) / samples, rel=1e-5, abs=1e-12)


def test_confusion_has_the_true_class_in_rows() -> None:
    labels, predicted = np.array([0, 0, 2, 2, 2]), np.array([0, 1, 2, 2, 0])
    assert confusion_matrix(labels, predicted, 3).tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 2]]


def test_measuring(images: str) -> None:
    samples = load_samples(images, SIZE, 2, None, None, None)
    everything_light = np.ones(len(samples), np.int64)
    figures = measure(samples, {"int8": samples.labels, "compiled": everything_light})
    assert figures["samples"] == 20 and figures["confusion"] == [[0, 10], [0, 10]]
    assert figures["accuracy"]["int8"]["accuracy"] == 1.0 and figures["accuracy"]["int8"]["interval"][1] == 1.0
    assert (figures["accuracy"]["compiled"]["correct"], figures["accuracy"]["compiled"]["accuracy"]) == (10, 0.5)
    assert figures["per_class"] == [
        {"label": "dark", "images": 10, "precision": None, "recall": 0.0},
        {"label": "light", "images": 10, "precision": 0.5, "recall": 1.0},
    ]


def test_all_images_come_once_and_as_int8(images: str) -> None:
    samples = load_samples(images, SIZE, 2, None, "all", None)
    batches = list(samples.batches())
    assert all(batch.dtype == np.int8 and batch.shape[1:] == SIZE for batch in batches)
    pixels = np.concatenate(batches)[:, 0, 0, 0].astype(int) + 128
    assert sorted(zip(samples.labels.tolist(), pixels.tolist(), strict=True)) == [
        *((0, 70 + number) for number in range(10)), (1, 70), *((1, 130 + number) for number in range(1, 10))
    ]  # fmt: skip


def test_the_split_is_the_one_of_training(images: str, tmp_path: Path) -> None:
    """By the card's seed 7, and the test split; without a card by seed 1, and all images."""
    card = load_card(write_classifier(tmp_path, labels=("dark", "light")))
    samples = load_samples(images, SIZE, 2, card, None, None)
    assert (samples.split, samples.seed) == ("test", 7)
    assert np.array_equal(np.concatenate(list(samples.batches())), to_int8(load_dataset(images, *SIZE, 7).test.images))
    assert load_samples(images, SIZE, 2, card, "train", 3).seed == 3
    foreign = load_samples(images, SIZE, 2, None, None, None)
    assert (foreign.split, foreign.seed, len(foreign)) == ("all", 1, 20)
    parts = [len(load_samples(images, SIZE, 2, card, split, None)) for split in ("test", "validation", "train")]
    assert parts == [2, 2, 16]


def test_classes_are_matched_by_name(images: str, tmp_path: Path) -> None:
    card = load_card(write_classifier(tmp_path, labels=("light", "medium", "dark")))
    samples = load_samples(images, SIZE, 3, card, "all", None)
    assert samples.classes == ("light", "medium", "dark")
    assert np.bincount(samples.labels).tolist() == [10, 0, 10]
    dark = load_samples(images, SIZE, 2, None, "all", None).labels == 0
    assert np.array_equal(samples.labels == 2, dark)


def test_classes_that_do_not_match_are_refused(images: str, tmp_path: Path) -> None:
    card = load_card(write_classifier(tmp_path, labels=("dark", "bright")))
    with pytest.raises(InputError, match="has no class light; its classes are dark, bright"):
        load_samples(images, SIZE, 2, card, None, None)
    with pytest.raises(InputError, match="has 3 outputs, and its card 2 labels"):
        load_samples(images, SIZE, 3, card, None, None)
    with pytest.raises(InputError, match="have 2 classes, and the model has 3 outputs"):
        load_samples(images, SIZE, 3, None, None, None)


@pytest.mark.parametrize("classes", [2, 21, 300])
def test_the_picture_shows_every_class(classes: int) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    names = tuple(f"${number}$ " + "long name " * (number % 4) for number in range(classes))
    content = plot_confusion(np.eye(classes, dtype=int), names, "title")
    assert content == plot_confusion(np.eye(classes, dtype=int), names, "title")
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "PNG" and min(picture.size) > 400 and max(picture.size) < 2000
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    dark_blue = (pixels[..., 2] > 80) & (pixels[..., 0] < 20)
    matrix = dark_blue[:, : int(0.87 * pixels.shape[1])]  # the colour bar stands on the right
    rows = np.flatnonzero(matrix.any(axis=1))
    assert rows.size >= 2 * classes and rows.size > 0.8 * (rows[-1] - rows[0])


def test_reports_without_matplotlib(images: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = load_samples(images, SIZE, 2, None, None, None)
    figures = measure(samples, {"compiled": samples.labels})
    monkeypatch.setattr("attendnets_tf.evaluation.find_spec", lambda name: None)
    (tmp_path / "confusion.png").write_text("of an earlier run")
    report = write_report(tmp_path, figures, samples)
    assert report["picture"] is None and not (tmp_path / "confusion.png").exists()
    assert json.loads((tmp_path / "evaluation.json").read_text()) == report
