"""Calls a model compiled for the host from Python."""

import ctypes
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..errors import AttendNetsError, InputError
from ..interruptions import interruptions_deferred
from ..plan.plan import Quantized
from .host import compile_host, library_name

Int8Array = npt.NDArray[np.int8]

_Listener = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)


class HostModel:
    """A library from ``compile_host``.

    Args:
        library: path of the shared library.
        name: name of the model; its function is <name>_run.
        input_sizes: bytes of each input tensor.
        output_sizes: bytes of each output tensor.

    Raises:
        AttendNetsError: the library cannot be loaded, or it does not hold this model.
    """

    def __init__(self, library: Path, name: str, input_sizes: Sequence[int], output_sizes: Sequence[int]) -> None:
        try:
            self._library = ctypes.CDLL(str(library.resolve()))
            self._run = getattr(self._library, f"{name}_run")
            self._reset = getattr(self._library, f"{name}_reset", None)
        except (OSError, AttributeError) as error:
            raise AttendNetsError(f"{library} cannot be used: {error}.", "Compile it again.") from error
        self._run.restype = None
        # Words, so that a tensor at the start of a buffer is aligned as in the firmware
        self._input = np.zeros(sum(input_sizes) // 8 + 1, np.int64).view(np.int8)[: sum(input_sizes)]
        self._output = np.zeros(sum(output_sizes) // 8 + 1, np.int64).view(np.int8)[: sum(output_sizes)]
        self.reset()
        self._arguments = [*_pointers(self._input, input_sizes), *_pointers(self._output, output_sizes)]

    def reset(self) -> None:
        """Puts the model's state, if it has any, to what it is before the first inference."""
        if self._reset is not None:
            self._reset()

    def predict(self, inputs: Int8Array) -> Int8Array:
        """Outputs [n, bytes of all output tensors] for inputs [n, bytes of all input tensors], both int8, in this order.

        Raises:
            InputError: another shape or type.
        """
        if inputs.dtype != np.int8 or inputs.ndim != 2 or inputs.shape[1] != self._input.size:
            expected = f"int8 [n, {self._input.size}]"
            raise InputError(f"The model takes {expected}, not {inputs.dtype} {list(inputs.shape)}.", "Reshape the input.")
        outputs = np.empty((len(inputs), self._output.size), np.int8)
        for sample, result in zip(inputs, outputs, strict=True):
            self._input[:] = sample
            self._run(*self._arguments)
            result[:] = self._output
        return outputs

    def trace(self, sample: Int8Array) -> list[Int8Array]:
        """The output bytes of every layer, in order of execution, for one input: int8 [bytes of all input tensors]."""
        layers: dict[int, bytearray] = {}

        def listen(layer: int, data: int, size: int) -> None:
            # A layer that is streamed comes in rows
            layers.setdefault(layer, bytearray()).extend(ctypes.string_at(data, size))

        listener = _Listener(listen)
        self._library.an_set_trace_listener(listener)
        try:
            with interruptions_deferred(lambda: None):
                self.predict(sample.reshape(1, -1))
        finally:
            self._library.an_set_trace_listener(None)
        return [np.frombuffer(layers[layer], np.int8) for layer in sorted(layers)]


def open_host_model(
    directory: Path, name: str, inputs: Sequence[Quantized], outputs: Sequence[Quantized], folder: Path
) -> HostModel:
    """The model ``name`` of the project ``directory``, compiled for this machine into a library in ``folder``.

    Raises:
        AttendNetsError: there is no compiler, or it rejects the sources.
    """
    library = compile_host(directory, folder / library_name(name))
    return HostModel(library, name, [value.bytes for value in inputs], [value.bytes for value in outputs])


def _pointers(buffer: Int8Array, sizes: Sequence[int]) -> list[ctypes.c_void_p]:
    offsets = [0, *accumulate(sizes)][:-1]
    return [ctypes.c_void_p(buffer.ctypes.data + offset) for offset in offsets]
