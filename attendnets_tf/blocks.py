"""The building blocks of an AttendNet as plain functional Keras graphs.

Everything here survives quantization-aware training and conversion unchanged: only stock layers, batch normalization directly
after a convolution, every layer named by its place in the network. Shapes are [batch, height, width, channels], float32.
Source: Wong, Famouri, Shafiee, "AttendNets" (arXiv 2009.14385); its exact layer list was never published, so the arrangement is
a reconstruction that meets the published parameter and multiply-add budgets.
"""

from typing import Any

from attendnets_tf.runtime import keras, tf
from attendnets_tf.specification import Attention

layers = keras.layers

# Small data sets give few steps per epoch; Keras' default of 0.99 would leave the statistics far behind the weights.
BATCH_NORM_MOMENTUM = 0.95


@keras.saving.register_keras_serializable(package="attendnets_tf")
class Shared(keras.constraints.Constraint):
    """Keep all entries of a weight equal: one learned scalar, stored once per channel as a depthwise kernel needs it."""

    def __call__(self, weight: Any) -> Any:
        return tf.zeros_like(weight) + tf.reduce_mean(weight)


@keras.saving.register_keras_serializable(package="attendnets_tf")
class One(keras.constraints.Constraint):
    """Keep a weight at exactly 1."""

    def __call__(self, weight: Any) -> Any:
        return tf.ones_like(weight)


def convolution(
    x: Any, filters: int, name: str, *, kernel: int = 1, stride: int = 1, relu: bool = True, limit: float | None = None
) -> Any:
    """Convolution without bias, batch normalization and, unless ``relu`` is False, ReLU (up to ``limit``): [N,H,W,C] ->
    [N,H/stride,W/stride,filters]."""
    x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False, name=name)(x)
    return _normalize(x, name, relu, limit)


def depthwise(x: Any, name: str, *, stride: int = 1, multiplier: int = 1, limit: float | None = None) -> Any:
    """Depthwise 3x3 convolution, batch normalization, ReLU (up to ``limit``): [N,H,W,C] -> [N,H/stride,W/stride,C·multiplier]."""
    x = layers.DepthwiseConv2D(3, stride, padding="same", depth_multiplier=multiplier, use_bias=False, name=name)(x)
    return _normalize(x, name, True, limit)


def attention_condenser(x: Any, channels: int, attention: Attention, name: str, embedding: str = "separable") -> Any:
    """Visual attention condenser: [N,H,W,C] -> [N,H,W,C], H and W even; ``channels`` is the width inside.

    Down-mix, condense (2x2 maximum), embed (see :class:`attendnets_tf.specification.Stage`), up-mix; the attention values are
    gated at the condensed resolution, where that costs a quarter, then expanded and applied to the input.
    """
    values = convolution(x, channels, f"{name}/down_mix")
    values = layers.MaxPooling2D(2, name=f"{name}/condense")(values)
    values = _embed(values, channels, embedding, name)
    values = layers.Conv2D(x.shape[-1], 1, use_bias=False, name=f"{name}/up_mix")(values)
    # relu6(A + 3) / 6 imitates the sigmoid; the 3 starts in the normalization's beta, the 6 goes into the learned scale.
    offset = 3.0 if attention.gate == "relu6" else 0.0
    values = _normalization(f"{name}/up_mix", beta=offset)(values)

    if attention.form == "scale_add":
        scaled = _scale(x, f"{name}/scale", initial=1.0, residual=False)
        expanded = layers.UpSampling2D(2, interpolation="nearest", name=f"{name}/expand")(values)
        return layers.Add(name=f"{name}/attend")([scaled, expanded])

    if attention.gate == "sigmoid":
        gate, initial = layers.Activation("sigmoid", name=f"{name}/gate")(values), 1.0
    else:
        gate, initial = layers.ReLU(6.0, name=f"{name}/gate")(values), 1.0 / 6.0
    gate = _scale(gate, f"{name}/scale", initial=initial, residual=attention.form == "mul_residual")
    expanded = layers.UpSampling2D(2, interpolation="nearest", name=f"{name}/expand")(gate)
    return layers.Multiply(name=f"{name}/attend")([x, expanded])


def _embed(x: Any, channels: int, embedding: str, name: str) -> Any:
    if embedding == "convolution":
        return convolution(x, channels, f"{name}/embed_convolution", kernel=3)
    if embedding == "depthwise":
        return depthwise(x, f"{name}/embed_depthwise")
    return convolution(depthwise(x, f"{name}/embed_depthwise", multiplier=2), channels, f"{name}/embed_pointwise")


def pepe(x: Any, filters: int, stride: int, name: str, expanded: int | None = None) -> Any:
    """Projection, expansion, projection, expansion with a shortcut: [N,H,W,C] -> [N,H/stride,W/stride,filters].

    1x1 to ``expanded`` channels (``filters`` where not given), depthwise 3x3 (``stride`` 1 or 2; 2 needs even H and W), 1x1 to half
    of ``filters``, 1x1 to ``filters``, plus the input, ReLU. Where the shape changes, the shortcut is an average over ``stride`` x
    ``stride`` pixels and a 1x1 convolution.
    """
    shortcut = x
    if stride > 1:
        shortcut = layers.AveragePooling2D(stride, name=f"{name}/shortcut_pool")(shortcut)
    if stride > 1 or x.shape[-1] != filters:
        shortcut = convolution(shortcut, filters, f"{name}/shortcut", relu=False)
    x = convolution(x, expanded or filters, f"{name}/expand")
    x = depthwise(x, f"{name}/depthwise", stride=stride)
    x = convolution(x, filters // 2, f"{name}/project")
    x = convolution(x, filters, f"{name}/restore", relu=False)
    x = layers.Add(name=f"{name}/add")([x, shortcut])
    return layers.ReLU(name=f"{name}/add_relu")(x)


def head(x: Any, classes: int) -> Any:
    """Global average, 1x1 convolution to ``classes``, softmax: [N,H,W,C] -> [N,classes].

    The logits are the output of layer ``head/logits``. A convolution instead of a dense layer: TensorFlow Lite and TensorFlow
    Lite Micro round fully connected layers differently, convolutions alike.
    """
    x = layers.AveragePooling2D(tuple(x.shape[1:3]), name="head/pool")(x)
    x = layers.Conv2D(classes, 1, name="head/classify")(x)
    x = layers.Reshape((classes,), name="head/logits")(x)
    return layers.Softmax(name="head/softmax")(x)


def _scale(x: Any, name: str, initial: float, residual: bool) -> Any:
    """S·x, or 1 + S·x where ``residual``: one learned scalar as a 1x1 depthwise convolution, which quantizes to one kernel
    call."""
    return layers.DepthwiseConv2D(
        1,
        depthwise_initializer=keras.initializers.Constant(initial),
        depthwise_constraint=Shared(),
        use_bias=residual,
        bias_initializer="ones",
        bias_constraint=One() if residual else None,
        name=name,
    )(x)


def _normalization(name: str, beta: float = 0.0) -> Any:
    initializer = keras.initializers.Constant(beta)
    return layers.BatchNormalization(
        momentum=BATCH_NORM_MOMENTUM,
        beta_initializer=initializer,
        synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
        name=f"{name}_normalize",
    )


def _normalize(x: Any, name: str, relu: bool, limit: float | None) -> Any:
    x = _normalization(name)(x)
    return layers.ReLU(limit, name=f"{name}_relu")(x) if relu else x
