"""The oracles: TensorFlow Lite Micro, and TensorFlow Lite with reference kernels. Neither loads TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest
import tflite


def tflm(model: bytes, inputs: list[np.ndarray]) -> list[np.ndarray]:
    return tflm_sequence(model, [inputs])[0]


def tflm_sequence(model: bytes, sequence: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    """The outputs of one inference after another, of a model that may have a state."""
    runtime = pytest.importorskip("tflite_micro", reason="the tflite-micro package is not installed").runtime
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=1 << 20)
    count = tflite.Model.GetRootAs(model).Subgraphs(0).OutputsLength()
    outputs = []
    for inputs in sequence:
        for index, values in enumerate(inputs):
            interpreter.set_input(values, index)
        interpreter.invoke()
        outputs.append([interpreter.get_output(index).copy() for index in range(count)])
    return outputs


def lite_reference(model: bytes, inputs: list[np.ndarray]) -> list[np.ndarray]:
    interpreter = _interpreter(model)
    interpreter.allocate_tensors()
    for detail, values in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], values)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def _interpreter(model: bytes):  # type: ignore[no-untyped-def]
    litert = pytest.importorskip("ai_edge_litert.interpreter", reason="the ai-edge-litert package is not installed")
    return litert.Interpreter(model_content=model, experimental_op_resolver_type=litert.OpResolverType.BUILTIN_REF)
