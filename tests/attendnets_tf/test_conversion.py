"""Quantization and conversion: integers only, exact input scale, readable names, and the int8 model agrees with training."""

from importlib.util import find_spec

import numpy as np
import pytest
import tflite

if find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

from attendnets_tf.batches import normalize
from attendnets_tf.conversion import Int8Model, check_int8, convert
from attendnets_tf.distribution import strategy_for
from attendnets_tf.images import to_int8
from attendnets_tf.model import AttendNet
from attendnets_tf.quantization import calibrate, quantization_aware
from attendnets_tf.runtime import keras, seed_everything, tf
from attendnets_tf.specification import Attention, Input, Specification, Stage, Stem
from export.boards import default_board
from export.build import compile_plan
from export.errors import AttendNetsError
from export.read import read_bytes

IMAGES = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 3), dtype=np.uint8)


STAGES = (Stage(6, 2, 2, 2), Stage(8, 1, 1, None))
OTHER_FORMS = (
    Stage(6, 2, 1, 2, expansion=1.5, embedding="convolution"),
    Stage(8, 2, 2, 2, "convolution", embedding="depthwise"),
    Stage(8, 1, 1, None, expansion=0.5),
)


def _quantized(attention: Attention, stages: tuple[Stage, ...] = STAGES) -> keras.Model:
    seed_everything(1)
    model = quantization_aware(AttendNet(Specification("tiny", Input(8, 8, 3), 3, Stem(4, 1), stages, attention)))
    calibrate(model, [normalize(IMAGES)] * 4, strategy_for("none"))
    return model


def _tensors(flatbuffer: bytes) -> dict[str, tflite.Tensor]:
    graph = tflite.Model.GetRootAs(flatbuffer).Subgraphs(0)
    return {graph.Tensors(i).Name().decode(): graph.Tensors(i) for i in range(graph.TensorsLength())}


def _operators(flatbuffer: bytes) -> set[int]:
    model = tflite.Model.GetRootAs(flatbuffer)
    graph = model.Subgraphs(0)
    operators = (graph.Operators(index) for index in range(graph.OperatorsLength()))
    return {model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode() for operator in operators}


@pytest.mark.parametrize(
    "attention",
    [Attention("mul_residual", "sigmoid"), Attention("mul", "relu6"), Attention("scale_add", None)],
    ids=lambda a: a.form,
)
def test_every_attention_form_converts_to_integers_that_agree_with_training(attention: Attention) -> None:
    model = _quantized(attention)
    flatbuffer = convert(model)

    tensors = _tensors(flatbuffer)
    layers = {layer.name for layer in model.layers}
    assert all(name in layers | {"image"} or name.rpartition("/")[0] in layers for name in tensors)
    assert (tensors["image"].Quantization().Scale(0), tensors["image"].Quantization().ZeroPoint(0)) == (1 / 128, 0)
    softmax = tensors["head/softmax"].Quantization()
    assert (softmax.Scale(0), softmax.ZeroPoint(0)) == (1 / 256, -128)
    for name in ("stem", "stage1/block1/depthwise", "stage1/block2/condenser/embed_depthwise"):
        weights = tensors[f"{name}/weights"]
        assert len(set(weights.Quantization().ScaleAsNumpy())) == weights.Shape(3 if "depthwise" in name else 0) > 1
    assert len(set(tensors["stage1/block2/condenser/scale/weights"].Quantization().ScaleAsNumpy())) == 1
    assert tflite.BuiltinOperator.QUANTIZE not in _operators(flatbuffer)
    assert (tflite.BuiltinOperator.LOGISTIC in _operators(flatbuffer)) == (attention.gate == "sigmoid")

    trained = np.round(model(normalize(IMAGES), training=False).numpy() * 256) - 128
    assert np.abs(Int8Model(flatbuffer)(to_int8(IMAGES)) - trained).max() <= 2


def test_all_forms_of_stages_convert_to_integers_that_agree_with_training_and_compile() -> None:
    model = _quantized(Attention("mul_residual", "sigmoid"), OTHER_FORMS)
    flatbuffer = convert(model)
    tensors = _tensors(flatbuffer)
    layers = {layer.name for layer in model.layers}
    assert all(name in layers | {"image"} or name.rpartition("/")[0] in layers for name in tensors)
    assert tflite.BuiltinOperator.QUANTIZE not in _operators(flatbuffer)
    trained = np.round(model(normalize(IMAGES), training=False).numpy() * 256) - 128
    assert np.abs(Int8Model(flatbuffer)(to_int8(IMAGES)) - trained).max() <= 2

    assert tensors["stage1/block1/depthwise"].ShapeAsNumpy().tolist() == [1, 8, 8, 8]  # 6 * 1.5, as a multiple of 4
    plan = compile_plan(read_bytes(flatbuffer, "tiny.tflite", "tiny"), default_board("cortex-m4"), (), "")
    expected = {f"stage{name}" for name in ("1/block2/condenser/embed_convolution", "2/block1/convolution")}
    assert expected | {"stage2/block2/condenser/embed_depthwise"} <= {step.layer for step in plan.steps}


def test_calibration_finds_the_ranges_of_activations() -> None:
    model = _quantized(Attention("mul_residual", "sigmoid"))
    outputs = keras.Model(model.input, model.get_layer("stem_relu").output)(normalize(IMAGES), training=False).numpy()
    ranges = {weight.name.rpartition("/")[2]: float(weight) for weight in model.get_layer("stem_relu").weights}
    assert ranges["output_min:0"] == pytest.approx(0.0, abs=1e-4)
    assert ranges["output_max:0"] == pytest.approx(outputs.max(), rel=0.02)


def test_training_quantized_moves_beta_but_not_the_statistics() -> None:
    model = _quantized(Attention("mul_residual", "sigmoid"))
    layer = model.get_layer("stem_normalize").layer
    before = [weight.numpy() for weight in (layer.beta, layer.moving_mean, layer.moving_variance)]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(normalize(IMAGES), training=True)[:, 0])
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True))
    after = [weight.numpy() for weight in (layer.beta, layer.moving_mean, layer.moving_variance)]
    assert [np.array_equal(a, b) for a, b in zip(before, after, strict=True)] == [False, True, True]
    scale = model.get_layer("stage1/block2/condenser/scale").layer
    assert len(np.unique(scale.depthwise_kernel)) == 1
    assert np.unique(scale.bias).tolist() == [1.0]


def test_a_float_model_is_refused_naming_a_tensor() -> None:
    inputs = keras.Input((4, 4, 1), batch_size=1, name="image")
    model = keras.Model(inputs, keras.layers.Conv2D(2, 1, name="plain")(inputs))
    function = tf.function(model).get_concrete_function(tf.TensorSpec((1, 4, 4, 1)))
    flatbuffer = tf.lite.TFLiteConverter.from_concrete_functions([function]).convert()
    with pytest.raises(AttendNetsError, match=r"tensor .+ has type"):
        check_int8(flatbuffer)
