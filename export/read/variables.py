"""CALL_ONCE and VAR_HANDLE. READ_VARIABLE and ASSIGN_VARIABLE have no options."""

from typing import Any

import tflite

from ..graph import CallOnceOptions, VariableOptions
from .flatbuffer import options_of, plain_text


def call_once(operator: Any) -> CallOnceOptions:
    return CallOnceOptions(options_of(operator, tflite.CallOnceOptions).InitSubgraphIndex())


def var_handle(operator: Any) -> VariableOptions:
    options = options_of(operator, tflite.VarHandleOptions)
    return VariableOptions(plain_text(options.Container()), plain_text(options.SharedName()))
