"""The subset of ImageNet: the same files every time, and a clear word where ImageNet is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from attendnets_tf import imagenet50
from attendnets_tf.data import load_dataset
from attendnets_tf.imagenet50 import imagenet50_classes, imagenet50_files
from export.errors import InputError


@pytest.fixture
def imagenet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All fifty classes and another one, a few images each; of which fewer are to be taken."""
    monkeypatch.setattr(imagenet50, "TRAIN_IMAGES", 4)
    monkeypatch.setattr(imagenet50, "TEST_IMAGES", 2)
    for number, wnid in enumerate([*imagenet50_classes(), "n99999999"]):
        for part, count in (("train", 6), ("val", 3)):
            folder = tmp_path / part / wnid
            folder.mkdir(parents=True)
            for index in range(count):
                Image.fromarray(np.full((4, 4), 5 * number + index, np.uint8)).save(folder / f"{wnid}_{index}.JPEG")
    return tmp_path


def test_the_list_is_frozen() -> None:
    classes = imagenet50_classes()
    assert len(classes) == 50 == len(set(classes.values())) and list(classes) == sorted(classes)
    assert all(len(wnid) == 9 and wnid[0] == "n" and wnid[1:].isdigit() for wnid in classes)


def test_the_same_images_every_time(imagenet: Path) -> None:
    classes, splits = imagenet50_files(f"imagenet50:{imagenet}")
    assert imagenet50_files(f"imagenet50:{imagenet}") == (classes, splits)
    assert {name: len(files) for name, files in splits.items()} == {"train": 200, "test": 100}
    for files in splits.values():
        assert all(list(imagenet50_classes())[label] == file.parent.name for file, label in files)
        assert len({file for file, _ in files}) == len(files)


def test_it_trains_like_any_data_set(imagenet: Path) -> None:
    dataset = load_dataset(f"imagenet50:{imagenet}", 4, 4, 1)
    assert dataset.classes[0] == "tench" and len(dataset.classes) == 50
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (150, 50, 100)


def test_without_imagenet_the_message_says_what_to_do(imagenet: Path) -> None:
    for source in ("imagenet50", "imagenet50:/nowhere"):
        with pytest.raises(InputError, match="ImageNet is not there") as caught:
            load_dataset(source, 4, 4, 1)
        assert "imagenet50:FOLDER" in caught.value.hint
    for path in (imagenet / "val" / "n02391049").iterdir():
        path.unlink()
    with pytest.raises(InputError, match="val/n02391049: no images"):
        imagenet50_files(f"imagenet50:{imagenet}")
