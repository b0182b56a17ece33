"""Quantization-aware training: where TensorFlow Lite's int8 kernels round, the training graph rounds too.

The scheme is TFMOT's default 8-bit scheme with the entries it lacks or sets otherwise than the kernels behave.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from attendnets_tf.blocks import One, Shared
from attendnets_tf.runtime import keras, tf, toolkit

# The toolkit fixes the decay of its moving averages at this value.
RANGE_DECAY = 0.999
CALIBRATION_ROUNDS = 2


class DepthwiseWeightsQuantizer(toolkit.quantizers.LastValueQuantizer):
    """int8 symmetric weights with one scale per output channel of a depthwise kernel [h, w, channels, multiplier].

    The toolkit's own quantizer takes the last axis, which for a depthwise kernel is only the multiplier.
    """

    def __init__(self) -> None:
        super().__init__(num_bits=8, per_axis=True, symmetric=True, narrow_range=True)

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        return super().build(_output_channels_last(tensor_shape), name, layer)

    def __call__(self, inputs: Any, training: Any, weights: dict[str, Any], **kwargs: Any) -> Any:
        kernel = tf.reshape(inputs, _output_channels_last(inputs.shape))
        return tf.reshape(super().__call__(kernel, training, weights, **kwargs), inputs.shape)


class OutputConfig(toolkit.QuantizeConfig):
    """Quantize a layer's output by ``quantizer``; None leaves it alone, for layers with the same scale in and out."""

    def __init__(self, quantizer: Any = None) -> None:
        self.quantizer = quantizer

    def get_weights_and_quantizers(self, layer: Any) -> list[Any]:
        return []

    def get_activations_and_quantizers(self, layer: Any) -> list[Any]:
        return []

    def set_quantize_weights(self, layer: Any, quantize_weights: list[Any]) -> None:
        pass

    def set_quantize_activations(self, layer: Any, quantize_activations: list[Any]) -> None:
        pass

    def get_output_quantizers(self, layer: Any) -> list[Any]:
        return [] if self.quantizer is None else [self.quantizer]

    def get_config(self) -> dict[str, Any]:
        return {"quantizer": self.quantizer}


class Registry(toolkit.default_8bit.Default8BitQuantizeRegistry):
    """The default registry, corrected where the int8 kernels of TensorFlow Lite behave otherwise."""

    def __init__(self) -> None:
        super().__init__()
        layers = keras.layers
        measured = toolkit.quantizers.MovingAverageQuantizer(num_bits=8, per_axis=False, symmetric=False, narrow_range=False)
        # LOGISTIC and SOFTMAX always answer in 1/256 steps from 0.
        unit = toolkit.quantizers.FixedQuantizer(num_bits=8, init_min=0.0, init_max=255 / 256, narrow_range=False)
        self._layer_quantize_map[layers.Activation] = OutputConfig(unit)
        self._layer_quantize_map[layers.Softmax] = OutputConfig(unit)
        self._layer_quantize_map[layers.Multiply] = OutputConfig(measured)
        self._layer_quantize_map[layers.UpSampling2D] = OutputConfig()
        self._layer_quantize_map[layers.AveragePooling2D] = OutputConfig()
        self._layer_quantize_map[layers.DepthwiseConv2D].weight_quantizer = DepthwiseWeightsQuantizer()


class Scheme(toolkit.default_8bit.Default8BitQuantizeScheme):
    """The default scheme with our :class:`Registry`."""

    def get_quantize_registry(self) -> Registry:
        return Registry()


def quantization_aware(model: Any) -> Any:
    """A copy of a float AttendNet that trains with int8 rounding: same layer names, same inputs and outputs, same weights.

    The input is fixed to scale 1/128 and zero point 0, so that the int8 value is pixel - 128. The statistics of batch
    normalization are frozen, as they are once folded into the convolutions for the device; gamma and beta go on learning. Call
    :func:`calibrate` before training.
    """
    with toolkit.quantize_scope({"Shared": Shared, "One": One}):
        annotated = toolkit.quantize_annotate_model(model)
        quantized = toolkit.quantize_apply(annotated, scheme=Scheme(), quantized_layer_name_prefix="")
    for layer in quantized.layers:
        if isinstance(getattr(layer, "layer", None), keras.layers.BatchNormalization):
            layer.trainable = False
    input_quantizer = next(layer for layer in quantized.layers if type(layer).__name__ == "QuantizeLayer")
    for variable in input_quantizer.weights:
        if variable.name.endswith("_min:0"):
            variable.assign(-1.0)
        elif variable.name.endswith("_max:0"):
            variable.assign(127 / 128)
    return quantized


def calibrate(model: Any, batches: Iterable[Any], strategy: Any) -> None:
    """Set every activation range of a quantization-aware model to the mean range seen over ``batches``, float32 [N,H,W,C] each.

    ``strategy`` is the one in whose scope the model was built; every replica sees all batches. The toolkit starts ranges at ±6 and moves
    them by a thousandth per step, which short training never gets over.
    """
    batches = list(batches)
    ranges = [weight for layer in model.layers for weight in layer.weights if _is_moving_range(weight)]
    forward = tf.function(lambda batch: strategy.run(lambda images: model(images, training=True), args=(batch,)))
    remaining = RANGE_DECAY ** len(batches)
    for _ in range(CALIBRATION_ROUNDS):  # the first round still measures behind ranges that are too wide or too narrow
        before = [weight.numpy() for weight in ranges]
        for batch in batches:
            forward(batch)
        for weight, start in zip(ranges, before, strict=True):
            weight.assign((weight.numpy() - remaining * start) / np.float32(1 - remaining))


def _output_channels_last(kernel_shape: Any) -> tuple[int, int, int, int]:
    height, width, channels, multiplier = kernel_shape
    return height, width, 1, channels * multiplier


def _is_moving_range(weight: Any) -> bool:
    name = weight.name.rpartition("/")[2]
    return name in {"output_min:0", "output_max:0", "post_activation_min:0", "post_activation_max:0"}
