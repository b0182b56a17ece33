"""Everything that can run a built model, behind one interface: whole outputs for comparing, every layer for finding a difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from .compile.host_model import open_host_model
from .fixed_point import INT8_MAX, INT8_MIN
from .graph import Graph, Operator, item_type
from .project import Project
from .reference import execute, kept_values
from .requantization import common_scale, unary_table
from .run.device import Device, Reply

Layers = dict[int, bytes]


class Executor(Protocol):
    """``sample`` is int8 [bytes of all inputs]; outputs are concatenated; layers are the bytes of tensors by index.

    A model with a state takes its samples as a sequence; either all through ``predict`` or all through ``layers``.
    """

    name: str

    def reset(self) -> None:
        """A new sequence starts: the state is what it was at first."""

    def predict(self, sample: np.ndarray) -> bytes: ...

    def layers(self, sample: np.ndarray) -> Layers: ...


class ReferenceExecutor:
    """The NumPy reference executor, which the others are compared with."""

    name = "reference"

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.reset()

    def reset(self) -> None:
        self._kept = [state.initial for state in self._graph.states]

    def predict(self, sample: np.ndarray) -> bytes:
        layers = self.layers(sample)
        return b"".join(layers[index] for index in self._graph.outputs)

    def layers(self, sample: np.ndarray) -> Layers:
        values = execute(self._graph, _split(self._graph, sample), self._kept)
        self._kept = kept_values(self._graph, values)
        return {index: np.ascontiguousarray(array).tobytes() for index, array in values.items()}


class HostExecutor:
    """The generated C, compiled for this machine."""

    name = "host C"

    def __init__(self, project: Project, folder: Path) -> None:
        self._layers = project.layers
        self._model = open_host_model(project.directory, project.name, project.inputs, project.outputs, folder)

    def reset(self) -> None:
        self._model.reset()

    def predict(self, sample: np.ndarray) -> bytes:
        return self._model.predict(sample[None]).tobytes()

    def layers(self, sample: np.ndarray) -> Layers:
        traced = self._model.trace(sample)
        return {layer.tensor: data.tobytes() for layer, data in zip(self._layers, traced, strict=True)}


class FirmwareExecutor:
    """The firmware itself, on ``device`` at the place ``on``. ``replies`` holds all its answers so far."""

    def __init__(self, project: Project, device: Device, on: str) -> None:
        self.name = f"firmware on {on}"
        self._project = project
        self._device = device
        self.replies: list[Reply] = []

    def reset(self) -> None:
        self._device.restart()

    def predict(self, sample: np.ndarray) -> bytes:
        self.replies.append(self._device.infer(sample.tobytes()))
        return self.replies[-1].output

    def layers(self, sample: np.ndarray) -> Layers:
        # Of some only the last rows are in memory
        whole = [layer for layer in self._project.layers if layer.rows is None]
        traced = self._device.trace(sample.tobytes(), whole)
        return {} if traced is None else {layer.tensor: data for layer, data in zip(whole, traced, strict=True)}


class TflmExecutor:
    """TensorFlow Lite Micro's interpreter."""

    name = "tflite-micro"

    def __init__(self, model: bytes, graph: Graph) -> None:
        self._model = model
        self._graph = graph
        self.reset()

    def reset(self) -> None:
        """New interpreters: this one's own reset forgets the initial values that CALL_ONCE assigned."""
        from tflite_micro import runtime

        model, graph = self._model, self._graph
        # Enough for all tensors at once and the interpreter's own records of them.
        used = {index for operator in graph.operators for index in operator.outputs} | set(graph.sources)
        arena = 100_000 + 2 * len(model) + 1000 * len(graph.tensors) + sum(graph.tensors[index].bytes for index in used)
        preserving = runtime.InterpreterConfig.kPreserveAllTensors
        self._interpreter = runtime.Interpreter.from_bytes(model, arena_size=arena)
        self._tracing = runtime.Interpreter.from_bytes(model, arena_size=arena, intrepreter_config=preserving)

    def predict(self, sample: np.ndarray) -> bytes:
        self._invoke(self._interpreter, sample)
        return b"".join(self._interpreter.get_output(i).tobytes() for i in range(len(self._graph.outputs)))

    def layers(self, sample: np.ndarray) -> Layers:
        self._invoke(self._tracing, sample)
        outputs = [index for operator in self._graph.operators for index in operator.outputs]
        return {index: np.asarray(self._tracing.GetTensor(index, 0)["tensor_data"]).tobytes() for index in outputs}

    def _invoke(self, interpreter: Any, sample: np.ndarray) -> None:
        for index, values in enumerate(_split(self._graph, sample)):
            interpreter.set_input(values, index)
        interpreter.invoke()


class LiteExecutor:
    """TensorFlow Lite's interpreter with its reference kernels."""

    name = "TensorFlow Lite reference kernels"

    def __init__(self, model: bytes, graph: Graph) -> None:
        self._model = model
        self._graph = graph
        self.reset()

    def reset(self) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        self._interpreter = Interpreter(
            model_content=self._model,
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
        )
        self._interpreter.allocate_tensors()

    def predict(self, sample: np.ndarray) -> bytes:
        self._invoke(sample)
        return b"".join(self._interpreter.get_tensor(index).tobytes() for index in self._graph.outputs)

    def layers(self, sample: np.ndarray) -> Layers:
        self._invoke(sample)
        outputs = [index for operator in self._graph.operators for index in operator.outputs]
        return {index: self._interpreter.get_tensor(index).tobytes() for index in outputs}

    def _invoke(self, sample: np.ndarray) -> None:
        for index, values in zip(self._graph.inputs, _split(self._graph, sample), strict=True):
            self._interpreter.set_tensor(index, values)
        self._interpreter.invoke()


def oracles(model: bytes, graph: Graph) -> tuple[list[Executor], dict[str, str]]:
    """The oracles that are installed and bound to agree; and the others by name, with the reason why they are left out."""
    found: list[Executor] = []
    left_out: dict[str, str] = {}
    oracle: type[TflmExecutor] | type[LiteExecutor]
    for oracle, package, reason in (
        (TflmExecutor, "tflite_micro", _why_micro_differs(graph)),
        (LiteExecutor, "ai_edge_litert", _why_lite_differs(graph)),
    ):
        if not find_spec(package):
            left_out[oracle.name] = "not installed"
        elif reason:
            left_out[oracle.name] = reason
        else:
            try:
                executor = oracle(model, graph)
                # Some kernels refuse a type only when they run.
                executor.predict(np.zeros(sum(graph.tensors[index].bytes for index in graph.inputs), np.int8))
                if graph.states:
                    executor.reset()
                found.append(executor)
            except (RuntimeError, ValueError, TypeError) as error:
                left_out[oracle.name] = f"it refuses the model: {str(error)[:200]}"
    return found, left_out


def _why_micro_differs(graph: Graph) -> str | None:
    """Where TensorFlow Lite Micro's bytes depend on what its memory held before."""
    for operator in graph.operators:
        if operator.kind == "SPACE_TO_BATCH_ND" and any(graph.integers_of(operator, 2)):
            return "it pads SPACE_TO_BATCH_ND with whatever its memory holds"
    return None


def _why_lite_differs(graph: Graph) -> str | None:
    """Where TensorFlow Lite and TensorFlow Lite Micro compute differently, Micro rules; docs/operators.md lists these places."""
    for state in graph.states:
        if state.implicit:
            return f"it does not read the variable '{state.name}' before something assigns it"
    for operator in graph.operators:
        if graph.has_floats(operator):
            continue
        if operator.kind == "FULLY_CONNECTED":
            return "it rounds FULLY_CONNECTED once, TensorFlow Lite Micro twice"
        if operator.kind in ("CONV_2D", "DEPTHWISE_CONV_2D") and graph.optional_input_of(operator, 2) is None:
            return f"it refuses {operator.kind} without a bias"
        if operator.kind == "SUM":
            return "it takes the int8 values of SUM for unsigned ones"
        if operator.kind == "SUB" and _subtracts_otherwise(graph, operator):
            return "it forms SUB's factors in double precision, TensorFlow Lite Micro in single precision"
        if operator.kind == "SQUARED_DIFFERENCE" and common_scale(graph, operator).output[1] > 0:
            return "it aborts where SQUARED_DIFFERENCE enlarges the squares"
        if operator.kind in ("RELU", "RELU6") and _rescales_otherwise(graph, operator):
            return f"it rescales {operator.kind} by a factor in single precision, or at all where Micro does not"
        if operator.kind in FLOAT_TABLES and _float_table_differs(graph, operator):
            return f"it takes {operator.kind} from a float table, which rounds otherwise"
    return None


def _subtracts_otherwise(graph: Graph, operator: Operator) -> bool:
    return common_scale(graph, operator) != common_scale(graph, replace(operator, kind="ADD"))


def _rescales_otherwise(graph: Graph, operator: Operator) -> bool:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    if operator.kind == "RELU6":
        return source.scale != output.scale or source.zero_point != output.zero_point
    return float(source.scale / output.scale) != float(source.scale) / float(output.scale)


FLOAT_TABLES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "LOGISTIC": lambda x: np.float32(1) / (np.float32(1) + np.exp(-x)),
    "TANH": np.tanh,
    "RSQRT": lambda x: np.float32(1) / np.sqrt(x),
}


def _float_table_differs(graph: Graph, operator: Operator) -> bool:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    real = source.scale * (np.arange(INT8_MIN, INT8_MAX + 1) - source.zero_point).astype(np.float32)
    with np.errstate(over="ignore", divide="ignore"):
        steps = FLOAT_TABLES[operator.kind](real) * (np.float32(1) / output.scale)
    float_table = np.clip(np.copysign(np.floor(np.abs(steps) + 0.5), steps) + output.zero_point, INT8_MIN, INT8_MAX)
    return not np.array_equal(float_table, unary_table(operator.kind, source, output))


def _split(graph: Graph, sample: np.ndarray) -> list[np.ndarray]:
    """The bytes of all inputs as one array of its type and shape per input."""
    tensors = [graph.tensors[index] for index in graph.inputs]
    ends = np.cumsum([tensor.bytes for tensor in tensors])
    parts = np.split(sample.view(np.int8), ends[:-1])
    return [
        np.frombuffer(part.tobytes(), item_type(tensor.dtype)).reshape(tensor.shape)
        for part, tensor in zip(parts, tensors, strict=True)
    ]
