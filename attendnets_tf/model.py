"""The AttendNet model function and its cost in parameters and multiply-adds."""

from math import prod
from pathlib import Path
from typing import Any

from attendnets_tf.baselines import baseline
from attendnets_tf.blocks import Shared, attention_condenser, convolution, head, pepe
from attendnets_tf.runtime import keras
from attendnets_tf.specification import Baseline, Specification, Stage
from export.errors import InputError


def AttendNet(specification: Specification) -> Any:  # noqa: N802  (a model function, named as in keras.applications)
    """An untrained AttendNet, after Wong, Famouri and Shafiee (arXiv 2009.14385), see :mod:`attendnets_tf.blocks`.

    ==============  =============================================  ==========================
    layers          arrangement                                    output
    ==============  =============================================  ==========================
    stem            3x3 convolution                                H/stride, W/stride, filters
    stageN/block1   PEPE or convolution with the stage's stride    H/stride, W/stride, filters
    stageN/block2…  attention condenser (if any), then the same    unchanged
    head            average, 1x1 convolution, softmax              classes
    ==============  =============================================  ==========================

    Returns a ``keras.Model``: float32 [N, height, width, channels] with values (pixel - 128) / 128 -> probabilities float32 [N,
    classes]. Weights depend on :func:`attendnets_tf.runtime.seed_everything`.
    """
    size = (specification.input.height, specification.input.width, specification.input.channels)
    inputs = keras.Input(size, name="image")
    x = convolution(inputs, specification.stem.filters, "stem", kernel=3, stride=specification.stem.stride)
    for number, stage in enumerate(specification.stages, start=1):
        x = _block(x, stage, stage.stride, f"stage{number}/block1")
        for block in range(2, stage.blocks + 1):
            name = f"stage{number}/block{block}"
            if stage.condenser_channels is not None:
                attention, embedding = specification.attention, stage.embedding
                x = attention_condenser(x, stage.condenser_channels, attention, f"{name}/condenser", embedding)
            x = _block(x, stage, 1, name)
    return keras.Model(inputs, head(x, specification.classes), name=specification.name)


def _block(x: Any, stage: Stage, stride: int, name: str) -> Any:
    if stage.block == "convolution":
        return convolution(x, stage.filters, f"{name}/convolution", kernel=3, stride=stride)
    return pepe(x, stage.filters, stride, name, stage.expanded)


def build_model(specification: Specification | Baseline) -> Any:
    """The untrained network of any specification, as a ``keras.Model``; inputs and outputs as :func:`AttendNet`'s."""
    if isinstance(specification, Specification):
        return AttendNet(specification)
    return baseline(specification)


def load_weights(model: Any, path: Path, hint: str) -> None:
    """Give ``model`` the weights in a ``.weights.h5`` file. Raises InputError with ``hint`` where they cannot be read or do not fit."""
    try:
        model.load_weights(path)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: no weights of {model.name} with input {model.input_shape[1:]} and {model.output_shape[-1]} classes: {error}",
            hint,
        ) from error


def logits_of(model: Any) -> Any:
    """The same model up to its logits: in int8 steps of 1/256, small probabilities would train without a gradient."""
    return keras.Model(model.input, model.get_layer("head/logits").output)


def count_parameters(model: Any) -> int:
    """Trainable parameters as the paper counts them: moving statistics left out, a condenser's learned scale counted as the one
    scalar it is."""
    return sum(_parameters(layer) for layer in model.layers)


def count_macs(model: Any) -> int:
    """Multiply-adds of one inference in all convolutions (element-wise work is not counted, as is usual)."""
    return sum(_macs(layer) for layer in model.layers)


def _parameters(layer: Any) -> int:
    if _is_scale(layer):
        return 1
    return sum(prod(weight.shape) for weight in layer.trainable_weights)


def _macs(layer: Any) -> int:
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return prod(layer.output_shape[1:]) * prod(layer.kernel_size)
    if isinstance(layer, keras.layers.Conv2D):
        return prod(layer.output_shape[1:]) * prod(layer.kernel_size) * layer.input_shape[-1]
    return 0


def _is_scale(layer: Any) -> bool:
    return isinstance(getattr(layer, "depthwise_constraint", None), Shared)
