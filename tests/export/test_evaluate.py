"""The three forms of a classifier: the same images, the float model's input derived from the int8 one's, and clear refusals."""

from pathlib import Path

import numpy as np
import pytest

from attendnets_tf.card import float_path
from export.compiled import CompiledModel
from export.errors import AttendNetsError, InputError
from export.evaluate import Classifier, FloatModel, find_float_model
from tests.support.classifier import BRIGHT, DARK, SIDE, brightness_float_model, brightness_model, write_classifier
from tests.support.model_builder import ModelBuilder


def grey(*pixels: int) -> np.ndarray:
    """One image of one grey for each of ``pixels``, as int8."""
    return np.stack([np.full((SIDE, SIDE, 1), pixel - 128, np.int8) for pixel in pixels])


def test_float_int8_and_compiled_agree_where_the_model_is_certain(tmp_path: Path) -> None:
    """Pixel 100 is 0.0 in reality: a float model that saw other values than the int8 one would part elsewhere."""
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    path = write_classifier(tmp_path)
    classifier = Classifier(path, float_path(path))
    assert (classifier.size, classifier.classes) == ((SIDE, SIDE, 1), 2)
    calls: list[None] = []
    batches = [grey(0, 98), grey(102, 255, 97)]
    answers = classifier.classify(batches, lambda: calls.append(None))
    assert set(answers.predicted) == {"float", "int8", "compiled"}
    assert all(found.tolist() == [DARK, DARK, BRIGHT, BRIGHT, DARK] for found in answers.predicted.values())
    assert len(calls) == 5 and answers.seconds > 0
    assert answers.to_json()["equal"] is True and answers.to_json()["first_difference"] is None


def test_a_model_may_take_pixels_as_they_are(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    path = write_classifier(tmp_path)
    path.write_bytes(brightness_model("uint8"))
    classifier = Classifier(path, float_path(path))
    assert classifier.source.dtype == "uint8"
    answers = classifier.classify([(grey(0, 98, 102, 255) ^ -128).view(np.uint8)])
    assert answers.first_difference is None
    assert all(found.tolist() == [DARK, DARK, BRIGHT, BRIGHT] for found in answers.predicted.values())


def test_without_tflite_micro_the_reference_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_classifier(tmp_path)
    monkeypatch.setattr("export.executors.find_spec", lambda package: None)
    classifier = Classifier(path)
    assert classifier.reference == "reference" and "slowly" in str(classifier.warning)
    assert "not installed" in str(classifier.warning)
    answers = classifier.classify([grey(0, 255)])
    assert answers.first_difference is None and set(answers.predicted) == {"int8", "compiled"}
    assert answers.predicted["int8"].tolist() == [DARK, BRIGHT]


def test_a_difference_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = Classifier(write_classifier(tmp_path))
    predict = CompiledModel.predict

    def wrong_at_bright_images(model: CompiledModel, batch: np.ndarray) -> np.ndarray:
        outputs = np.asarray(predict(model, batch)).copy()
        outputs[:, 1] ^= (batch[:, 0, 0, 0] == 127).astype(np.int8)
        return outputs

    monkeypatch.setattr(CompiledModel, "predict", wrong_at_bright_images)
    answers = classifier.classify([grey(0, 10), grey(20, 255, 0, 255)])
    assert answers.first_difference is not None and answers.to_json()["equal"] is False
    assert (answers.first_difference["image"], answers.first_difference["index"]) == (3, 1)
    assert answers.first_difference["expected"] != answers.first_difference["actual"]


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ((1, 12), (1, 3, 4), "does not take one image"),
        ((1, 2, 3, 2), (1, 12), "does not take one image"),
        ((2, 2, 2, 3), (1, 24), "does not take one image"),
        ((1, 2, 2, 3), (2, 6), "does not classify"),
        ((1, 1, 1, 1), (1, 1), "does not classify"),
    ],
)
def test_other_models_are_refused(source: tuple[int, ...], output: tuple[int, ...], message: str, tmp_path: Path) -> None:
    builder = ModelBuilder()
    x, y = builder.tensor(source, 0.1, 3), builder.tensor(output, 0.1, 3)
    shape = builder.constant(np.array(output, np.int32))
    builder.operator("RESHAPE", [x, shape], y, "ReshapeOptions", newShape=list(output))
    (tmp_path / "other.tflite").write_bytes(builder.build([x], [y]))
    with pytest.raises(InputError, match=message) as caught:
        Classifier(tmp_path / "other.tflite")
    assert caught.value.hint


def test_models_with_several_inputs_or_outputs_are_refused(tmp_path: Path) -> None:
    builder = ModelBuilder()
    a, b, c, d = (builder.tensor((1, 2, 2, 1), 0.1, 0, name) for name in "abcd")
    builder.operator("ADD", [a, b], c, "AddOptions")
    builder.operator("RELU", [c], d)
    path = tmp_path / "several.tflite"
    for inputs, outputs, message in (([a, b], [d], "does not take one image"), ([a], [c, d], "does not classify")):
        builder.graph.operators[0].inputs = [inputs[0], inputs[-1]]
        path.write_bytes(builder.build(inputs, outputs))
        with pytest.raises(InputError, match=message):
            Classifier(path)


def test_float_models_that_are_no_twin_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    path = write_classifier(tmp_path)
    other, text = tmp_path / "other.tflite", tmp_path / "text.tflite"
    other.write_bytes(brightness_float_model(side=5))
    text.write_text("no model")
    for float_model, message in (
        (path, "int8"),
        (other, r"float32 \[1, 5, 5, 1\]"),
        (text, "cannot be run"),
        (tmp_path / "no", "no such file"),
    ):
        with pytest.raises(InputError, match=message):
            Classifier(path, float_model)


def test_the_float_model_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_classifier(tmp_path)
    twin, named = float_path(path), tmp_path / "named.tflite"
    assert find_float_model(named, twin) == (named, None)
    assert find_float_model(None, named)[0] is None and "named.tflite" in str(find_float_model(None, named)[1])
    monkeypatch.setattr("export.evaluate.find_spec", lambda package: None)
    found, reason = find_float_model(None, twin)
    assert found is None and "pip install" in str(reason)
    classifier = Classifier(path)
    with pytest.raises(AttendNetsError, match="ai-edge-litert is not installed"):
        FloatModel(twin, classifier._compiled.inputs[0], classifier._compiled.outputs[0])
