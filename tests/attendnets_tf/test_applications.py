"""Weights that come with the package: they load by their name, and do what their card says."""

import io
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

if find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

from attendnets_tf import AttendNetNano
from attendnets_tf.batches import normalize
from attendnets_tf.card import load_card
from attendnets_tf.conversion import Int8Model
from attendnets_tf.images import to_int8
from attendnets_tf.model import count_macs, count_parameters
from attendnets_tf.pretrained import FOLDER
from export.errors import InputError

MODEL = FOLDER / "attendnet_nano_cifar10.tflite"
PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "data" / "cifar10-jpeg.zip"
PER_CLASS = 20


def test_the_card_describes_the_model() -> None:
    card = load_card(MODEL)
    assert card is not None
    model = AttendNetNano(weights="cifar10")
    assert (count_parameters(model), count_macs(model)) == (card.parameters, card.macs)
    assert card.parameters <= 77_700 and card.macs <= 12_500_000 and card.metrics["int8"] >= 0.85
    assert card.metrics["float"] - card.metrics["int8"] <= 0.003
    assert card.dataset["images"]["test"] == 10_000 and card.labels[0] == "airplane"


def test_all_that_is_shipped_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.suffix in (".tflite", ".h5")) <= 3_000_000


def test_other_classes_and_other_models_do_not_fit() -> None:
    with pytest.raises(InputError, match="no weights of attendnet_nano") as caught:
        AttendNetNano(classes=7, weights="cifar10")
    assert "classes that it was trained with" in caught.value.hint
    with pytest.raises(InputError, match="no weights 'cifar100'") as caught:
        AttendNetNano(weights="cifar100")
    assert "cifar10" in caught.value.hint


@pytest.mark.skipif(not PHOTOGRAPHS.is_file(), reason="the photographs of CIFAR-10 are not there")
def test_it_recognizes_photographs() -> None:
    card = load_card(MODEL)
    assert card is not None
    images, labels = [], []
    with zipfile.ZipFile(PHOTOGRAPHS) as archive:
        for label, name in enumerate(card.labels):
            files = sorted(file for file in archive.namelist() if f"/test/{name}/" in file and file.endswith(".jpg"))
            images += [np.asarray(Image.open(io.BytesIO(archive.read(file)))) for file in files[:PER_CLASS]]
            labels += [label] * PER_CLASS
    scores = np.asarray(AttendNetNano(weights="cifar10")(normalize(np.stack(images)), training=False))
    int8 = Int8Model(MODEL.read_bytes())(to_int8(np.stack(images)))
    # 86 % of all; 200 images are within five standard errors of that.
    for answers in (scores, int8):
        assert np.mean(answers.argmax(axis=1) == labels) > 0.74
    assert np.mean(answers.argmax(axis=1) == scores.argmax(axis=1)) > 0.9
