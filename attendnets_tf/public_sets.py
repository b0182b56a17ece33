"""Public data sets of photographs by their names: what they are, where they come from, and how they are had."""

from typing import NamedTuple

import numpy as np

from export.errors import AttendNetsError


class PublicSet(NamedTuple):
    """``description`` with the authors and the licence, for the model card; ``hint`` says how a user gets a folder of it."""

    description: str
    hint: str


PUBLIC_SETS = {
    "cifar10": PublicSet(
        "CIFAR-10 (A. Krizhevsky, 2009), 32x32 photographs of ten classes; no licence stated",
        "Have it as image files, train/airplane/… and test/airplane/… and so on, and write cifar10:FOLDER.",
    ),
    "clothing": PublicSet(
        "clothing-dataset-small (A. Grigorev), photographs of ten kinds of clothing; CC0",
        "Clone github.com/alexeygrigorev/clothing-dataset-small, and write clothing:FOLDER.",
    ),
}
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def load_cifar10() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """``train`` and ``test``: (uint8 images [N, 32, 32, 3], int64 labels [N]); Keras downloads 170 MB the first time.

    Raises AttendNetsError where the download fails.
    """
    from attendnets_tf.runtime import keras

    try:
        train, test = keras.datasets.cifar10.load_data()
    except Exception as error:  # Keras raises a plain Exception
        raise AttendNetsError(f"cifar10: it could not be downloaded: {error}.", PUBLIC_SETS["cifar10"].hint) from error
    return {name: (images, labels.ravel().astype(np.int64)) for name, (images, labels) in (("train", train), ("test", test))}
