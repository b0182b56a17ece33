"""Access to a ``.tflite`` file as untrusted data. Only this package knows the flatbuffer schema (``tflite`` holds its accessors).

Offsets and counts in the file are not believed: every vector is paid for out of a budget in proportion to the file's size, so a damaged
file can neither loop for long nor allocate much, and whatever the accessors stumble over becomes one clear error.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import tflite

from ..errors import InputError

IDENTIFIER = b"TFL3"
MAXIMUM_RANK = 8


def enumeration_names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if not name.startswith("_")}


OPERATOR_NAMES = enumeration_names(tflite.BuiltinOperator)
TYPE_NAMES = {value: name.lower() for value, name in enumeration_names(tflite.TensorType).items()}
ACTIVATION_NAMES = enumeration_names(tflite.ActivationFunctionType)
PADDING_NAMES = enumeration_names(tflite.Padding)
MIRROR_NAMES = enumeration_names(tflite.MirrorPadMode)
_OPTIONS_NAMES = enumeration_names(tflite.BuiltinOptions)


class DamagedError(Exception):
    """The file contradicts itself; the message says where."""


class Budget:
    """Elements that may still be read from vectors of this file."""

    def __init__(self, size: int) -> None:
        self.left = 4 * size + 4096

    def spend(self, count: int, what: str) -> int:
        self.left -= count
        if count < 0 or self.left < 0:
            raise DamagedError(f"the number of {what} does not fit in the file")
        return count


@contextmanager
def damage_reported(name: str) -> Iterator[None]:
    """Turn whatever reading a damaged file raises into one InputError."""
    try:
        yield
    except (DamagedError, struct.error, ValueError, IndexError, TypeError, OverflowError, AttributeError, MemoryError) as error:
        raise InputError(
            f"{name} is damaged: {error}",
            "It starts like a TensorFlow Lite model but cannot be read to the end; export or copy it again.",
        ) from error


def open_model(content: bytes, name: str) -> tflite.Model:
    if not content:
        raise InputError(f"{name} is empty.", "Export the model again.")
    if len(content) < 16 or content[4:8] != IDENTIFIER:
        raise InputError(
            f"{name} is not a TensorFlow Lite model (no TFL3 identifier).",
            "Pass the .tflite file that the TensorFlow Lite converter wrote.",
        )
    return tflite.Model.GetRootAs(content, 0)


def integers(table: Any, field: str, budget: Budget) -> tuple[int, ...]:
    """A vector of integers; empty where the field is absent."""
    count = budget.spend(getattr(table, f"{field}Length")(), f"elements in {field}")
    return tuple(int(value) for value in getattr(table, f"{field}AsNumpy")()) if count else ()


def array(table: Any, field: str, budget: Budget, dtype: Any) -> np.ndarray:
    count = budget.spend(getattr(table, f"{field}Length")(), f"elements in {field}")
    return np.asarray(getattr(table, f"{field}AsNumpy")(), dtype) if count else np.empty(0, dtype)


def text(value: bytes | None, budget: Budget) -> str:
    budget.spend(len(value or b""), "characters in names")
    return plain_text(value)


def plain_text(value: bytes | None) -> str:
    # Names end up in messages and comments: what would move a cursor or end a line must not get there.
    return "".join(c if c.isprintable() else "?" for c in (value or b"").decode("utf-8", "replace"))


def options_of(operator: Any, options_class: Any) -> Any:
    """The builtin options of an operator, shown to be an ``options_class``; what is absent in the table reads as its default."""
    expected = options_class.__name__
    table = operator.BuiltinOptions()
    if table is None:
        raise DamagedError(f"an operator lacks its {expected}")
    found = named(_OPTIONS_NAMES, operator.BuiltinOptionsType(), "kind of options")
    if found != expected:
        raise DamagedError(f"an operator has {found}, not {expected}")
    options = options_class()
    options.Init(table.Bytes, table.Pos)
    return options


def named(names: dict[int, str], value: int, what: str) -> str:
    if value not in names:
        raise DamagedError(f"unknown {what} {value}")
    return names[value]
