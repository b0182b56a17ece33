"""Model cards: round trip, and refusal of a card that does not belong to its model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from attendnets_tf.card import Card, card_path, load_card, sha256
from attendnets_tf.images import PREPROCESSING
from attendnets_tf.pretrained import bundled_images, bundled_model
from attendnets_tf.specification import load_specification
from export.errors import InputError

CARD = Card(
    name="größe",
    labels=("a", "b"),
    input={"height": 8, "width": 8, "channels": 1},
    preprocessing=PREPROCESSING,
    parameters=10,
    macs=20,
    metrics={"int8": 0.5},
    dataset={"name": "x", "images": {"train": 1}},
    command="train",
    seed=1,
    versions={"numpy": "2"},
    sha256=sha256(b"model"),
    intended_use="tests",
    limits="all",
)


def _write(folder: Path, text: str) -> Path:
    model = folder / "model.tflite"
    model.write_bytes(b"model")
    card_path(model).write_text(text, encoding="utf-8")
    return model


def test_a_card_survives_a_round_trip(tmp_path: Path) -> None:
    assert load_card(_write(tmp_path, CARD.to_json())) == CARD


def test_a_model_without_a_card_has_none(tmp_path: Path) -> None:
    assert load_card(tmp_path / "model.tflite") is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 1}', json.dumps({"version": 1, "name": "x"})])
def test_other_json_is_no_card(tmp_path: Path, text: str) -> None:
    assert load_card(_write(tmp_path, text)) is None


@pytest.mark.parametrize("labels", [5, None, {"a": 1}, [1, 2], "ab"])
def test_a_damaged_card_is_refused(tmp_path: Path, labels: object) -> None:
    text = json.dumps(json.loads(CARD.to_json()) | {"labels": labels})
    with pytest.raises(InputError, match=r"model\.json: not a model card"):
        load_card(_write(tmp_path, text))


def test_the_card_of_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="describes another model"):
        load_card(_write(tmp_path, replace(CARD, sha256=sha256(b"other")).to_json()))


def test_the_bundled_model_has_its_card() -> None:
    card = load_card(bundled_model())
    assert card is not None
    specification = load_specification("attendnet_digits")
    assert card.name == specification.name
    assert card.input == vars(specification.input)
    assert card.labels == tuple(label for _, label in bundled_images())
    assert card.preprocessing == PREPROCESSING
    assert card.metrics["int8"] >= 0.98
    assert card.dataset["images"] == {"train": 4000, "validation": 500, "test": 500}
    assert bundled_model().stat().st_size <= 300_000
    assert card.dataset["name"] == "digits"
