"""Whole models, end to end: every executor gives the same bytes, on real inputs too, and accuracy is what the model card says."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from attendnets_tf.card import load_card
from attendnets_tf.data import load_dataset
from attendnets_tf.images import load_image, to_int8
from attendnets_tf.pretrained import bundled_images, bundled_model
from export.boards import default_board
from export.build import build, compile_plan
from export.compiled import load
from export.errors import AttendNetsError, InputError
from export.option_names import PASS_NAMES
from export.project import Project, load_project
from export.run import open_device
from export.verify import random_samples, verify
from tests.support.model_builder import ModelBuilder

SHARED = Path(__file__).parents[2] / "shared" / "models"


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Project:
    out = tmp_path_factory.mktemp("bundled") / "project"
    build(bundled_model(), default_board("cortex-m4"), out)
    return load_project(out)


def real_samples() -> np.ndarray:
    return np.stack([to_int8(load_image(path, 28, 28, 1)).reshape(-1) for path, _ in bundled_images()])


def test_bundled_model_is_equal_everywhere(bundled: Project) -> None:
    result = verify(bundled, [*random_samples(4, bundled.inputs), *real_samples()[:3]])
    assert result.equal, result.first_difference
    assert {"reference", "host C", "firmware on unicorn"} <= set(result.checked)


def test_bundled_model_card(bundled: Project) -> None:
    card = load_card(bundled_model())
    assert card is not None and bundled_model().stat().st_size <= 300_000
    as_trained = compile_plan(bundled.graph(), bundled.board, (), "", without=PASS_NAMES)
    assert card.macs == as_trained.macs >= bundled.report["macs"]
    assert [path.name[0] for path, _ in bundled_images()] == [label for _, label in bundled_images()] == list("0123456789")


def test_accuracy_of_the_compiled_model(bundled: Project) -> None:
    """The generated C on the whole test split: exactly the accuracy that training measured for the int8 model."""
    try:
        dataset = load_dataset("digits", 28, 28, 1, seed=1)
    except AttendNetsError as error:
        pytest.skip(f"the digits are not available: {error.message}")
    scores = np.asarray(load(bundled.directory).predict(to_int8(dataset.test.images)))
    card = load_card(bundled_model())
    assert card is not None
    assert np.mean(scores.argmax(axis=1) == dataset.test.labels) == card.metrics["int8"]


def test_unicorn_and_qemu_count_the_same_instructions(bundled: Project) -> None:
    if not shutil.which("qemu-system-arm"):
        pytest.skip("qemu-system-arm is not installed")
    sample = real_samples()[4].tobytes()
    with open_device("unicorn", bundled.elf, bundled.board) as device:
        on_unicorn = device.infer(sample)
    with open_device("qemu", bundled.elf, bundled.board) as device:
        on_qemu = device.infer(sample)
    assert (on_unicorn.output, on_unicorn.instructions) == (on_qemu.output, on_qemu.instructions)
    assert sum(on_unicorn.layers.values()) == on_unicorn.instructions
    assert 0 < on_unicorn.stack <= bundled.report["ram"]["stack"]


@pytest.mark.parametrize("name", ["kws_ref_model", "pretrainedResnet_quant"])
def test_models_of_other_people(name: str, tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared/models with models of other people is not there")
    build(SHARED / f"{name}.tflite", default_board("cortex-m4"), tmp_path / "project")
    project = load_project(tmp_path / "project")
    result = verify(project, list(random_samples(5, project.inputs))[3:])
    assert result.equal, result.first_difference


def test_several_inputs_and_outputs(tmp_path: Path) -> None:
    """Two inputs, a residual, and three outputs of which one is an intermediate tensor and one a reshaped input."""
    builder = ModelBuilder()
    a, b = builder.tensor((1, 4, 4, 2), 0.1, 3, "a"), builder.tensor((1, 4, 4, 2), 0.2, -5, "b")
    total, product = builder.tensor((1, 4, 4, 2), 0.3, 1, "sum"), builder.tensor((1, 4, 4, 2), 0.05, 0, "product")
    flat = builder.tensor((1, 32), 0.1, 3, "flat")
    builder.operator("ADD", [a, b], total, "AddOptions")
    builder.operator("MUL", [total, a], product, "MulOptions")
    builder.operator("RESHAPE", [a, builder.constant(np.array([1, 32], np.int32))], flat, "ReshapeOptions", newShape=[1, 32])
    path = tmp_path / "several.tflite"
    path.write_bytes(builder.build([a, b], [product, total, flat]))
    build(path, default_board("cortex-m4"), tmp_path / "project")
    result = verify(load_project(tmp_path / "project"), random_samples(8, load_project(tmp_path / "project").inputs))
    assert result.equal, result.first_difference


def test_chains_of_outputs_and_inputs_that_nobody_reads(tmp_path: Path) -> None:
    """x is reshaped to two outputs in a row, and y is an input without a reader."""
    builder = ModelBuilder()
    x, y = builder.tensor((1, 12), 0.1, 0, "x"), builder.tensor((1, 7), 0.1, 0, "y")
    chain = [builder.tensor(shape, 0.1, 0, f"chain/{i}") for i, shape in enumerate([(1, 12), (3, 4), (2, 6), (12,)])]
    builder.operator("QUANTIZE", [x], chain[0], "QuantizeOptions")
    for source, output in pairwise(chain):
        shape = builder.graph.tensors[output].shape
        builder.operator(
            "RESHAPE", [source, builder.constant(np.array(shape, np.int32))], output, "ReshapeOptions", newShape=shape
        )
    path = tmp_path / "chain.tflite"
    path.write_bytes(builder.build([x, y], chain[1:]))
    build(path, default_board("cortex-m4"), tmp_path / "project")
    result = verify(load_project(tmp_path / "project"), random_samples(5, load_project(tmp_path / "project").inputs))
    assert result.equal, result.first_difference


def test_firmware_of_another_plan_is_refused(tmp_path: Path) -> None:
    build(bundled_model(), default_board("cortex-m4"), tmp_path / "m4")
    build(bundled_model(), default_board("cortex-m0"), tmp_path / "m0")
    shutil.copy(tmp_path / "m0/build/attendnet_digits.elf", tmp_path / "m4/build/attendnet_digits.elf")
    with pytest.raises(InputError, match="was built from plan"):
        verify(load_project(tmp_path / "m4"), random_samples(1, load_project(tmp_path / "m4").inputs))


def test_a_difference_is_found_and_its_layer_named(tmp_path: Path) -> None:
    """A bias changed in the generated C after the build: host C and reference part at exactly that layer."""
    build(bundled_model(), default_board("cortex-m4"), tmp_path / "project")
    project = load_project(tmp_path / "project")
    weights = project.directory / "model" / f"{project.name}_weights.h"
    layer = project.layers[4]
    first_bias = re.compile(rf"({layer.symbol}_channels\[\d+\] = {{\s+{{?)(-?\d+)")
    text, count = first_bias.subn(lambda match: f"{match[1]}{int(match[2]) + 40_000}", weights.read_text())
    assert count == 1
    weights.write_text(text)
    result = verify(project, list(random_samples(6, project.inputs))[3:])
    assert not result.equal and result.first_difference is not None
    assert (result.first_difference["executor"], result.first_difference["layer"]) == ("host C", layer.name)
