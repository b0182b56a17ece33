"""Training settings from a TOML file: the fields of ``TrainingConfig`` by their names, a table ``augmentation``, and ``size``, which
replaces the specification's height and width in pixels."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from attendnets_tf.configuration import Augmentation, TrainingConfig
from attendnets_tf.specification import load_specification
from export.errors import InputError

NOT_IN_RECIPES = ("output", "command")
"""Fields that belong to one run, not to a recipe."""


def load_recipe(path: Path) -> dict[str, Any]:
    """The settings of a recipe by the names of their fields; ``augmentation`` is a table of its own.

    A specification's path is relative to the recipe. Raises InputError, naming the key, for a file that is no TOML, an unknown key (with
    the nearest one), and a value of the wrong type.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: not a readable recipe: {error}", "see recipes/ for examples") from error
    _check(_types_of(TrainingConfig) | {"specification": "str", "size": "int"}, content, str(path))
    if "augmentation" in content:
        _check(_types_of(Augmentation), content["augmentation"], f"{path}: augmentation")
    beside = path.parent / str(content.get("specification", ""))
    if beside.suffix == ".json" and beside.is_file():
        content["specification"] = str(beside)
    return content


def make_config(settings: Mapping[str, Any], output: Path, command: str) -> TrainingConfig:
    """The configuration of a run in ``output``; ``settings`` as :func:`load_recipe` gives them.

    Raises InputError where the data or the specification is missing, or a value cannot be trained with.
    """
    for name in ("data", "specification"):
        if name not in settings:
            raise InputError(
                f"There is no {name} to train on." if name == "data" else "There is no specification.", _MISSING[name]
            )
    augmentation = replace(Augmentation(), **settings.get("augmentation", {}))
    rest = {name: value for name, value in settings.items() if name not in ("augmentation", "specification", "size")}
    specification = load_specification(settings["specification"])
    if "size" in settings:
        specification = specification.adapted(size=(settings["size"], settings["size"], specification.input.channels))
    return TrainingConfig(specification=specification, output=output, command=command, augmentation=augmentation, **rest)


_MISSING = {
    "data": "Name a folder, an .npz file or a built-in data set, or a recipe that does.",
    "specification": "Name one with --specification, or in the recipe.",
}
_TYPES = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


def _types_of(kind: type) -> dict[str, str]:
    """Names of the types by the names of the fields that a recipe can set."""
    return {
        field.name: getattr(field.type, "__name__", str(field.type))
        for field in fields(kind)
        if field.name not in NOT_IN_RECIPES
    }


def _check(known: Mapping[str, str], content: Any, where: str) -> None:
    if not isinstance(content, dict):
        raise InputError(f"{where}: a table is expected.", f"Its keys: {', '.join(known)}.")
    for key, value in content.items():
        if key not in known:
            nearest = get_close_matches(key, known, n=1)
            question = f"Did you mean {nearest[0]}? " if nearest else ""
            raise InputError(f"{where}: unknown key {key!r}.", f"{question}Known: {', '.join(known)}.")
        allowed = _TYPES.get(known[key])
        if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
            raise InputError(f"{where}: {key} is {value!r}.", f"It must be of type {known[key]}.")
