"""Reading the data files that describe targets and boards: YAML → typed, checked values, with messages for who wrote the file."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import InputError

_HINT = "Correct the file; docs/boards.md describes every key."


class Described(BaseModel):
    """Base of everything that is read from a data file: unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Kind = TypeVar("Kind", bound=Described)


def parse(kind: type[Kind], text: str, where: str) -> Kind:
    """The YAML ``text`` as a ``kind``; ``where`` names it in messages.

    Raises:
        InputError: not YAML; or a missing, unknown or mistyped key, which is named with what is allowed there.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{where}: not valid YAML: {error}.", "Correct the file.") from error
    try:
        # By way of JSON, whose lists may become tuples even where types are strict
        return kind.model_validate_json(json.dumps(content, default=str))
    except ValidationError as error:
        raise _rejection(kind, error, where) from None


def nearest(name: str, known: list[str]) -> str:
    """A question after the names that were probably meant, for the beginning of a hint; empty where none is near."""
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(close)}? " if close else ""


def _rejection(kind: type[Described], error: ValidationError, where: str) -> InputError:
    problems = error.errors(include_url=False)
    # A mistyped key is unknown, and the right one missing: the first says more.
    problem = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    key = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        fields = _model_at(kind, problem["loc"][:-1]).model_fields
        allowed = [field.alias or name for name, field in fields.items()]
        question = nearest(str(problem["loc"][-1]), allowed)
        return InputError(f"{where}: unknown key {key!r}.", f"{question}Allowed: {', '.join(allowed)}.")
    if problem["type"] == "missing":
        return InputError(f"{where}: the key {key!r} is missing.", _HINT)
    found = "" if isinstance(problem["input"], dict) else f"; found {problem['input']!r}"
    return InputError(f"{where}: {key or 'the file'}: {problem['msg'].removeprefix('Value error, ')}{found}.", _HINT)


def _model_at(kind: type[Described], location: tuple[int | str, ...]) -> type[Described]:
    """What describes the value at ``location``, whose numbers are places in lists."""
    for part in location:
        if isinstance(part, str):
            kind = _model_in(kind.model_fields[part].annotation) or kind
    return kind


def _model_in(annotation: Any) -> type[Described] | None:
    """The model within an optional or a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, Described):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
