"""CALL_ONCE and VAR_HANDLE. READ_VARIABLE and ASSIGN_VARIABLE have no options."""

from typing import Any

import tflite

from ..graph import CallOnceOptions, VariableOptions
from .flatbuffer import DamagedError, options_of, plain_text

LONGEST_NAME = 1000


def call_once(operator: Any) -> CallOnceOptions:
    return CallOnceOptions(options_of(operator, tflite.CallOnceOptions).InitSubgraphIndex())


def var_handle(operator: Any) -> VariableOptions:
    options = options_of(operator, tflite.VarHandleOptions)
    return VariableOptions(_name(options.Container()), _name(options.SharedName()))


def _name(value: bytes | None) -> str:
    if len(value or b"") > LONGEST_NAME:
        raise DamagedError("a variable's name is too long")
    return plain_text(value)
