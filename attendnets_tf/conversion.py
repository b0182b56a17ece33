"""From Keras models to ``.tflite`` bytes with readable names: int8 with nothing but integers inside, and its float twin."""

import warnings
from typing import Any

import numpy as np
import tflite

from attendnets_tf.runtime import tf
from export.errors import AttendNetsError

ALLOWED_TYPES = {tflite.TensorType.INT8: "int8", tflite.TensorType.INT32: "int32"}


def convert(model: Any) -> bytes:
    """The int8 ``.tflite`` of a quantization-aware model (batch 1, int8 in and out).

    Tensors are named after the Keras layer that computes them; constants after the layer that uses them (``stem/weights``,
    ``stem/bias``). Raises :class:`AttendNetsError` when the converter fails or leaves anything that is not int8.
    """
    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    flatbuffer = _converted(converter, model)
    flatbuffer = _with_layer_names(flatbuffer, {layer.name for layer in model.layers})
    check_int8(flatbuffer)
    return flatbuffer


def convert_float(model: Any) -> bytes:
    """The float32 ``.tflite`` of a float model (batch 1, float32 in and out): what its int8 twin is measured against.

    Raises :class:`AttendNetsError` when the converter fails.
    """
    return _with_layer_names(_converted(_converter(model), model), {layer.name for layer in model.layers})


def check_int8(flatbuffer: bytes) -> None:
    """Raise :class:`AttendNetsError`, naming the tensor, unless all tensors are int8 or int32 with batch 1, and input and
    output int8."""
    model = tflite.Model.GetRootAs(flatbuffer)
    graph = model.Subgraphs(0)
    tensors = [graph.Tensors(index) for index in range(graph.TensorsLength())]
    for tensor in tensors:
        if tensor.Type() not in ALLOWED_TYPES:
            raise _not_int8(tensor, f"has type {tensor.Type()}, not int8 or int32")
    for index in (*graph.InputsAsNumpy(), *graph.OutputsAsNumpy()):
        if tensors[index].Type() != tflite.TensorType.INT8:
            raise _not_int8(tensors[index], "is an input or output but not int8")
        if tensors[index].Shape(0) != 1:
            raise _not_int8(tensors[index], f"has batch {tensors[index].Shape(0)}, not 1")


class Int8Model:
    """A ``.tflite`` run by TensorFlow Lite's reference kernels, whose results the device reproduces byte by byte."""

    def __init__(self, flatbuffer: bytes) -> None:
        resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF
        with warnings.catch_warnings():  # the class moves to another package some day
            warnings.simplefilter("ignore")
            self._interpreter = tf.lite.Interpreter(model_content=flatbuffer, experimental_op_resolver_type=resolver)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """int8 [N, H, W, C] -> int8 scores [N, classes]."""
        return np.concatenate([self._invoke(image) for image in images[:, None]])

    def _invoke(self, image: np.ndarray) -> np.ndarray:
        self._interpreter.set_tensor(self._input, image)
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output).copy()


def _converter(model: Any) -> Any:
    image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="image")
    function = tf.function(lambda image: model(image, training=False)).get_concrete_function(image)
    return tf.lite.TFLiteConverter.from_concrete_functions([function])


def _converted(converter: Any, model: Any) -> bytes:
    try:
        with warnings.catch_warnings():  # it misses statistics that a quantization-aware model does not need
            warnings.simplefilter("ignore")
            return bytes(converter.convert())
    except Exception as error:  # the converter raises whatever its passes raise
        raise AttendNetsError(
            f"TensorFlow Lite could not convert {model.name}: {error}", "the model has a layer outside the supported set"
        ) from error


def _with_layer_names(flatbuffer: bytes, layers: set[str]) -> bytes:
    """Rename tensors: the converter's names carry graph internals, repeat fused layers and number constants."""
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model_from_bytearray(bytearray(flatbuffer))
    graph = model.subgraphs[0]
    produced = {index for operator in graph.operators for index in operator.outputs}
    graph.tensors[graph.inputs[0]].name = b"image"
    named = set(graph.inputs)
    for operator in graph.operators:
        layer = _layer_of(graph.tensors[operator.outputs[0]].name.decode(), layers)
        constants = [index for index in operator.inputs[1:] if index not in produced]
        roles = ("weights", "bias") if len(constants) == 2 else ("shape",)
        names = [
            (operator.outputs[0], layer),
            *((index, f"{layer}/{role}") for index, role in zip(constants, roles, strict=False)),
        ]
        for index, name in names:
            if index not in named:
                graph.tensors[index].name = name.encode()
                named.add(index)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _layer_of(tensor_name: str, layers: set[str]) -> str:
    """The Keras layer in ``model/stage1/block1/add/add;model/…``: the longest run of the first path that names a layer."""
    parts = tensor_name.partition(";")[0].split("/")
    runs = ["/".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)]
    return max((run for run in runs if run in layers), key=len, default=tensor_name)


def _not_int8(tensor: Any, reason: str) -> AttendNetsError:
    name = (tensor.Name() or b"?").decode(errors="replace")
    return AttendNetsError(f"converted model: tensor {name} {reason}", "the model has a layer that was not quantized")
