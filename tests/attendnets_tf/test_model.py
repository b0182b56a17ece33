"""Network structure: shapes, and parameters and multiply-adds against counts made by hand and published ones."""

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

if find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

import attendnets_tf
from attendnets_tf.blocks import attention_condenser, pepe
from attendnets_tf.model import AttendNet, build_model, count_macs, count_parameters
from attendnets_tf.runtime import keras, seed_everything
from attendnets_tf.specification import (
    Attention,
    Input,
    Specification,
    Stage,
    Stem,
    load_specification,
    shipped_specifications,
)
from export.errors import InputError

FORMS = [
    Attention("mul", "sigmoid"),
    Attention("mul_residual", "sigmoid"),
    Attention("mul", "relu6"),
    Attention("mul_residual", "relu6"),
]
ALL_FORMS = [*FORMS, Attention("scale_add", None)]


def _tiny(attention: Attention = ALL_FORMS[1]) -> Specification:
    return Specification("tiny", Input(8, 8, 1), 3, Stem(4, 1), (Stage(6, 2, 2, 2),), attention)


def test_parameters_equal_a_count_by_hand() -> None:
    stem = 9 * 1 * 4 + 2 * 4
    change = (4 * 6 + 12) + (9 * 6 + 12) + (6 * 3 + 6) + (3 * 6 + 12) + (4 * 6 + 12)
    condenser = (6 * 2 + 4) + (9 * 4 + 8) + (4 * 2 + 4) + (2 * 6 + 12) + 1
    keep = (6 * 6 + 12) + (9 * 6 + 12) + (6 * 3 + 6) + (3 * 6 + 12)
    head = 6 * 3 + 3
    assert count_parameters(AttendNet(_tiny())) == stem + change + condenser + keep + head


def test_macs_equal_a_count_by_hand() -> None:
    stem = 64 * 9 * 4
    change = 64 * 4 * 6 + 16 * (9 * 6 + 6 * 3 + 3 * 6 + 4 * 6)
    condenser = 16 * 6 * 2 + 4 * (9 * 4 + 4 * 2 + 2 * 6 + 6)
    keep = 16 * (6 * 6 + 9 * 6 + 6 * 3 + 3 * 6)
    head = 6 * 3
    assert count_macs(AttendNet(_tiny())) == stem + change + condenser + keep + head


def test_expansion_widens_what_is_inside_a_pepe_and_1_changes_nothing() -> None:
    def layers(expansion: float) -> list[tuple[str, tuple[int, ...]]]:
        model = AttendNet(replace(_tiny(), stages=(Stage(6, 2, 2, 2, expansion=expansion),)))
        return [(layer.name, layer.output_shape) for layer in model.layers]

    assert layers(1) == layers(1.0)
    plain, wide = dict(layers(1)), dict(layers(2))
    changed = {name for name in plain if plain[name] != wide[name]}
    assert {name.rpartition("/")[2].partition("_")[0] for name in changed} == {"expand", "depthwise"}
    assert wide["stage1/block1/expand"] == (None, 8, 8, 12) and wide["stage1/block1/depthwise"] == (None, 4, 4, 12)


def test_blocks_can_be_plain_convolutions() -> None:
    stage = Stage(6, 2, 2, 2, "convolution")
    model = AttendNet(replace(_tiny(), stages=(stage,)))
    names = [layer.name for layer in model.layers if layer.name.startswith("stage1") and "condenser" not in layer.name]
    assert names == [f"stage1/block{n}/convolution{part}" for n in (1, 2) for part in ("", "_normalize", "_relu")]
    assert model.get_layer("stage1/block1/convolution").output_shape == (None, 4, 4, 6)
    assert model.get_layer("stage1/block2/condenser/attend").output_shape == (None, 4, 4, 6)
    condenser = 16 * 6 * 2 + 4 * (9 * 4 + 4 * 2 + 2 * 6 + 6)
    assert count_macs(model) == 64 * 9 * 4 + 16 * 9 * (4 * 6 + 6 * 6) + condenser + 6 * 3


@pytest.mark.parametrize(
    ("embedding", "macs"), [("separable", 9 * 4 + 4 * 2), ("convolution", 9 * 2 * 2), ("depthwise", 9 * 2)]
)
def test_embeddings_cost_what_they_say(embedding: str, macs: int) -> None:
    inputs = keras.Input((6, 4, 5))
    model = keras.Model(inputs, attention_condenser(inputs, 2, FORMS[0], "c", embedding))
    assert model.output_shape == model.input_shape
    assert count_macs(model) == 24 * 5 * 2 + 6 * (macs + 2 * 5 + 5)


@pytest.mark.parametrize(
    ("build", "published_parameters", "published_macs"),
    [(attendnets_tf.AttendNetA, 1_386_000, 276.8e6), (attendnets_tf.AttendNetB, 782_000, 191.3e6)],
)
def test_the_papers_networks_meet_their_published_budgets(
    build: Callable[..., Any], published_parameters: int, published_macs: float
) -> None:
    model = build()
    assert model.input_shape == (None, 224, 224, 3) and model.output_shape == (None, 50)
    assert count_parameters(model) == pytest.approx(published_parameters, rel=0.01)
    assert count_macs(model) == pytest.approx(published_macs, rel=0.01)


def test_other_sizes_classes_and_weights(tmp_path: Path) -> None:
    """The number of classes changes the head alone; weights come back as they were saved, and only where they fit."""
    model = attendnets_tf.AttendNetNano((16, 24, 1), classes=3)
    assert model.input_shape == (None, 16, 24, 1) and model.output_shape == (None, 3)
    path = tmp_path / "mine.weights.h5"
    model.save_weights(path)
    again = attendnets_tf.AttendNetNano((16, 24, 1), classes=3, weights=path)
    image = np.random.default_rng(1).normal(size=(1, 16, 24, 1)).astype(np.float32)
    np.testing.assert_array_equal(model(image), again(image))
    with pytest.raises(InputError, match="no weights of attendnet_nano"):
        attendnets_tf.AttendNetNano(classes=3, weights=path)
    with pytest.raises(InputError, match="no weights 'imagenet' for attendnet_nano"):
        attendnets_tf.AttendNetNano(weights="imagenet")
    with pytest.raises(InputError, match="cannot halve and restore an odd size"):
        attendnets_tf.AttendNetB((100, 100, 3))


@pytest.mark.parametrize("name", [name for name in shipped_specifications() if name not in ("attendnet_a", "attendnet_b")])
def test_shipped_networks_have_the_shapes_of_their_specification(name: str) -> None:
    specification = load_specification(name)
    model = build_model(specification)
    assert model.input_shape == (None, *vars(specification.input).values())
    assert model.output_shape == (None, specification.classes)
    names = [layer.name for layer in model.layers]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("attention", ALL_FORMS)
def test_a_condenser_keeps_shape_and_the_layers_their_names(attention: Attention) -> None:
    inputs = keras.Input((6, 4, 5))
    model = keras.Model(inputs, attention_condenser(inputs, 2, attention, "c"))
    assert model.output_shape == model.input_shape
    assert all(layer.name.startswith("c/") for layer in model.layers[1:])
    assert model.get_layer("c/down_mix").output_shape == (None, 6, 4, 2)
    assert model.get_layer("c/embed_depthwise").output_shape == (None, 3, 2, 4)
    assert model.get_layer("c/up_mix").output_shape == (None, 3, 2, 5)


@pytest.mark.parametrize("form", ["mul", "mul_residual", "scale_add"])
def test_selective_attention_computes_its_formula(form: str) -> None:
    seed_everything(0)
    inputs = keras.Input((4, 4, 3))
    model = keras.Model(
        inputs, attention_condenser(inputs, 2, Attention(form, None if form == "scale_add" else "sigmoid"), "c")
    )
    scale = 0.75
    model.get_layer("c/scale").depthwise_kernel.assign(np.full((1, 1, 3, 1), scale))
    v = np.random.default_rng(0).normal(size=(1, 4, 4, 3)).astype(np.float32)
    values = keras.Model(inputs, model.get_layer("c/up_mix_normalize").output)(v).numpy().repeat(2, 1).repeat(2, 2)
    gate = 1 / (1 + np.exp(-values))
    expected = {"mul": scale * v * gate, "mul_residual": v + scale * v * gate, "scale_add": scale * v + values}[form]
    np.testing.assert_allclose(model(v).numpy(), expected, rtol=1e-5, atol=1e-6)


def test_a_relu6_gate_starts_near_one_half() -> None:
    inputs = keras.Input((4, 4, 3))
    model = keras.Model(inputs, attention_condenser(inputs, 2, Attention("mul", "relu6"), "c"))
    half = model(np.zeros((1, 4, 4, 3), np.float32) + 1).numpy()
    assert np.abs(half - 0.5).max() < 0.4


@pytest.mark.parametrize(("stride", "filters", "shortcut"), [(1, 4, False), (1, 6, True), (2, 4, True), (2, 6, True)])
def test_pepe_changes_shape_and_adds_a_shortcut_only_where_needed(stride: int, filters: int, shortcut: bool) -> None:
    inputs = keras.Input((8, 6, 4))
    model = keras.Model(inputs, pepe(inputs, filters, stride, "p"))
    assert model.output_shape == (None, 8 // stride, 6 // stride, filters)
    assert any(layer.name == "p/shortcut" for layer in model.layers) == shortcut


def test_the_same_seed_gives_the_same_weights() -> None:
    def weights(seed: int) -> bytes:
        seed_everything(seed)
        return b"".join(array.tobytes() for array in AttendNet(replace(_tiny(), classes=2)).get_weights())

    assert weights(1) == weights(1) != weights(2)
