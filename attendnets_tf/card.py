"""The model card: what a ``.tflite`` expects, was trained on and is good for, as a JSON file beside it."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from export.errors import InputError

VERSION = 1


@dataclass(frozen=True)
class Card:
    """Everything a user of the ``.tflite`` needs to know; all values are plain JSON.

    ``labels[i]`` names output ``i``; ``input`` has height, width, channels; ``preprocessing`` says how an image file becomes
    the input: by ``resize``, a name, and ``normalization``, real = (pixel - mean) / divisor; ``metrics`` are accuracies between
    0 and 1 on the test split (and ``validation_…``); ``versions`` are the packages and settings that decide the trained bytes;
    ``sha256`` is that of the ``.tflite``.
    """

    name: str
    labels: tuple[str, ...]
    input: dict[str, int]
    preprocessing: dict[str, Any]
    parameters: int
    macs: int
    metrics: dict[str, float]
    dataset: dict[str, Any]
    command: str
    seed: int
    versions: dict[str, str]
    sha256: str
    intended_use: str
    limits: str

    def to_json(self) -> str:
        """The JSON text that :func:`load_card` reads back to an equal card."""
        return json.dumps({"version": VERSION} | asdict(self), indent=2, ensure_ascii=False) + "\n"


def card_path(tflite_path: str | Path) -> Path:
    """Where the card of a ``.tflite`` stands: the same name, ending in ``.json``."""
    return Path(tflite_path).with_suffix(".json")


def float_path(tflite_path: str | Path) -> Path:
    """Where the float twin of an int8 ``.tflite`` stands: the same name, ending in ``_float.tflite``."""
    path = Path(tflite_path)
    return path.with_name(f"{path.stem}_float.tflite")


def load_card(tflite_path: str | Path) -> Card | None:
    """The card beside a ``.tflite``, or None where there is none.

    A JSON file there that is no card is not ours to judge: it counts as none. Raises :class:`InputError` when it is the card of
    another model (SHA-256 differs), or a damaged one.
    """
    path = card_path(tflite_path)
    if not path.is_file() or not Path(tflite_path).is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not {"sha256", "labels"} <= data.keys():
        return None
    keys = {field.name for field in fields(Card)} | {"version"}
    labels = data["labels"]
    damaged = data.keys() != keys or data.pop("version") != VERSION or not isinstance(data["preprocessing"], dict)
    if damaged or not _are_texts(labels):
        raise InputError(f"{path}: not a model card of version {VERSION}", "remove it, or write the model again by training")
    card = Card(**(data | {"labels": tuple(labels)}))
    if card.sha256 != sha256(Path(tflite_path).read_bytes()):
        raise InputError(
            f"{path}: describes another model than {Path(tflite_path).name}", "keep a .tflite and its .json together"
        )
    return card


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def sha256(content: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()
