"""One image classifier in its three forms, over many images: float, int8 under its reference, and compiled."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .check import check
from .compiled import load
from .errors import AttendNetsError, InputError
from .executors import Executor, ReferenceExecutor, TflmExecutor, oracles
from .names import model_name
from .plan.plan import Quantized
from .preprocessing import image_size
from .read import file_content, read_bytes

INSTALL = "pip install 'attendnets-tf[evaluate]'"


@dataclass(frozen=True)
class Answers:
    """What the forms of a model answered to the same images.

    ``predicted`` maps "float" (where there is a float model), "int8" and "compiled" to the best class per image, int64 [n].
    ``seconds`` is what the compiled model took. ``first_difference`` is where its bytes were not the reference's: image,
    output index, both values.
    """

    predicted: dict[str, np.ndarray]
    seconds: float
    first_difference: dict[str, float] | None

    def to_json(self) -> dict[str, Any]:
        images = len(self.predicted["compiled"])
        return {
            "equal": self.first_difference is None,
            "first_difference": self.first_difference,
            "seconds": self.seconds,
            "images_per_second": images / self.seconds,
        }


class Classifier:
    """An int8 ``.tflite`` that takes one image and gives one score per class, with its float twin where there is one.

    ``size`` is (height, width, channels) of an image, ``source`` its input, ``classes`` the number of scores, ``reference``
    the name of what runs the int8 model: TensorFlow Lite Micro where it is installed, else the NumPy reference executor; then
    ``warning`` says that this is slow.

    Raises InputError where either model cannot be read, is no image classifier, or the two do not fit each other; AttendNetsError
    where a program to run them is missing.
    """

    def __init__(self, model: Path, float_model: Path | None = None) -> None:
        content = file_content(model)
        graph = check(read_bytes(content, str(model), model_name(model.stem)))
        if graph.states:
            raise InputError(
                f"{model.name} keeps a state: its answer to an image depends on the images before.",
                "verify and export.load take it, as a sequence.",
            )
        self._compiled = load(model)
        self.size = image_size(self._compiled.inputs, model.name)
        self.source = self._compiled.inputs[0]
        self.classes = _classes(self._compiled.outputs, model.name)
        found, left_out = oracles(content, graph)
        micro = [oracle for oracle in found if isinstance(oracle, TflmExecutor)]
        self._reference: Executor = micro[0] if micro else ReferenceExecutor(graph)
        self.warning = None if micro else _slow(left_out[TflmExecutor.name])
        self.reference = self._reference.name
        self._identity = {"model": _identity(model), "float_model": _identity(float_model) if float_model else None}
        self._float = FloatModel(float_model, self._compiled.inputs[0], self._compiled.outputs[0]) if float_model else None

    def identity(self) -> dict[str, Any]:
        """Paths and hashes of the models, and what runs the int8 one."""
        return self._identity | {"int8_executor": self.reference}

    def classify(self, batches: Iterable[np.ndarray], advance: Callable[[], None] = lambda: None) -> Answers:
        """Run ``batches``, each of the input's type [n, height, width, channels]; ``advance`` is called after each image.

        The float model sees the real values that the int8 one's input stands for: scale * (value - zero_point).
        """
        predicted: dict[str, list[int]] = {"float": [], "int8": [], "compiled": []}
        seconds, difference = 0.0, None
        source = self.source
        for batch in batches:
            started = time.perf_counter()
            compiled = np.asarray(self._compiled.predict(batch)).reshape(len(batch), -1)
            seconds += time.perf_counter() - started
            for image, ours in zip(batch, compiled, strict=True):
                expected = np.frombuffer(self._reference.predict(image.reshape(-1)), ours.dtype)
                if difference is None and ours.tobytes() != expected.tobytes():
                    difference = _difference(len(predicted["int8"]), expected, ours)
                predicted["int8"].append(int(expected.argmax()))
                predicted["compiled"].append(int(ours.argmax()))
                if self._float:
                    real = np.float32(source.scale) * (image.astype(np.float32) - np.float32(source.zero_point))
                    predicted["float"].append(int(self._float(real).argmax()))
                advance()
        answers = {name: np.array(classes, np.int64) for name, classes in predicted.items() if name != "float" or self._float}
        return Answers(answers, seconds, difference)


class FloatModel:
    """A float ``.tflite``, run by LiteRT on one image at a time.

    Raises AttendNetsError where LiteRT is not installed, InputError where the model is not float or its shapes are not those of
    ``source`` and ``scores``, the int8 model's input and output.
    """

    def __init__(self, path: Path, source: Quantized, scores: Quantized) -> None:
        content = file_content(path)
        if not litert_is_installed():
            raise AttendNetsError(f"{path} cannot be run: ai-edge-litert is not installed.", f"Install it: {INSTALL}.")
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        try:
            # Without delegates, the result depends on nothing but the model and its input.
            kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
            self._interpreter: Any = Interpreter(model_content=content, experimental_op_resolver_type=kernels)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, TypeError) as error:
            raise InputError(f"{path} cannot be run: {str(error)[:200].rstrip('.')}.", "Pass a float .tflite.") from error
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        found = [[f"{tensor['dtype'].__name__} {tensor['shape'].tolist()}" for tensor in side] for side in (inputs, outputs)]
        expected = [[f"float32 {list(value.shape)}"] for value in (source, scores)]
        if found != expected:
            takes, gives = (", ".join(tensors) for tensors in found)
            raise InputError(
                f"{path} is not the int8 model's float twin: from {takes} to {gives}, not from {expected[0][0]} to {expected[1][0]}.",
                "Pass the float model that was quantized.",
            )
        self._shape, self._input, self._output = source.shape, inputs[0]["index"], outputs[0]["index"]

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """float32 [height, width, channels] → float32 [classes]."""
        self._interpreter.set_tensor(self._input, image.reshape(self._shape))
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._output)).reshape(-1)


def find_float_model(named: Path | None, twin: Path) -> tuple[Path | None, str | None]:
    """The float model to run: the one that was ``named``, else ``twin`` where it can be run; or None, and why."""
    if named:
        return named, None
    if not twin.is_file():
        return None, f"there is no {twin.name} beside the model; training writes it, and --float takes another"
    if not litert_is_installed():
        return None, f"it runs under ai-edge-litert; install it: {INSTALL}"
    return twin, None


def litert_is_installed() -> bool:
    return find_spec("ai_edge_litert") is not None


def _classes(outputs: tuple[Quantized, ...], name: str) -> int:
    """The number of scores that the model ``name`` gives."""
    shapes = [list(value.shape) for value in outputs]
    if len(shapes) != 1 or shapes[0][:-1] != [1] * (len(shapes[0]) - 1) or shapes[0][-1:] < [2]:
        found = ", ".join(map(str, shapes))
        raise InputError(f"{name} does not classify: its outputs are {found}.", "It must have one, with a score per class.")
    return shapes[0][-1]


def _slow(reason: str) -> str:
    return f"The int8 model runs in the NumPy reference executor, slowly, because tflite-micro is left out: {reason}."


def _identity(model: Path) -> dict[str, str]:
    return {"path": str(model), "sha256": hashlib.sha256(file_content(model)).hexdigest()}


def _difference(image: int, expected: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    index = int(np.argmax(expected != actual))
    return {"image": image, "index": index, "expected": expected[index].item(), "actual": actual[index].item()}
