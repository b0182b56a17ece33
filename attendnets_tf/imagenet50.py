"""Fifty classes of ImageNet (ILSVRC 2012), from a copy that the user has.

The paper's fifty were never published. These are this project's own, frozen in ``imagenet50.txt``: figures on them compare with each other
and with nothing else. Sizes are those of the paper's data set: 1,260 training and 40 test images of each class.
"""

from pathlib import Path

import numpy as np

from export.errors import InputError

NAME = "imagenet50"
TRAIN_IMAGES, TEST_IMAGES = 1260, 40
_LIST = Path(__file__).with_suffix(".txt")
_SUFFIXES = {".jpeg", ".jpg", ".png"}
_CHOICE = 20092020
"""Seed of the choice among a class's images, which their names decide as well."""

LabelledFiles = list[tuple[Path, int]]


def imagenet50_classes() -> dict[str, str]:
    """The names of the classes by their WordNet ids, in the order of ids."""
    return dict(line.split(" ", 1) for line in _LIST.read_text(encoding="utf-8").splitlines())


def imagenet50_files(source: str) -> tuple[tuple[str, ...], dict[str, LabelledFiles]]:
    """Class names, and the files of the splits train and test with their labels; ``source`` is ``imagenet50:FOLDER``.

    FOLDER has ``train`` and ``val``, each with a folder of images for every WordNet id. A class with fewer images gives all it has.

    Raises InputError where there is no such folder, or one of its classes is missing or empty.
    """
    folder = Path(source.removeprefix(NAME).removeprefix(":"))
    hint = f"Write {NAME}:FOLDER, the folder of ImageNet (ILSVRC 2012) with train/n01440764/ and val/n01440764/ and so on; see image-net.org."
    if not source.startswith(f"{NAME}:") or not folder.is_dir():
        raise InputError(f"{source}: ImageNet is not there; it cannot be downloaded without an account.", hint)
    classes = imagenet50_classes()
    splits = {}
    for split, part, most in (("train", "train", TRAIN_IMAGES), ("test", "val", TEST_IMAGES)):
        splits[split] = [
            (file, label) for label, wnid in enumerate(classes) for file in _chosen(folder / part / wnid, most, hint)
        ]
    return tuple(classes.values()), splits


def _chosen(folder: Path, most: int, hint: str) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES) if folder.is_dir() else []
    if not files:
        raise InputError(f"{folder}: no images of this class.", hint)
    order = np.random.default_rng(_CHOICE).permutation(len(files))[:most]
    return [files[index] for index in sorted(order)]
