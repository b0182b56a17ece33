"""The model that comes with the package: handwritten digits, 28x28 grey, and ten images to try it on."""

from pathlib import Path

FOLDER = Path(__file__).parent / "pretrained"


def bundled_model() -> Path:
    """Path of ``attendnet_digits.tflite``; its model card stands beside it (:func:`attendnets_tf.card.load_card`)."""
    return FOLDER / "attendnet_digits.tflite"


def bundled_images() -> list[tuple[Path, str]]:
    """Ten (path, label) pairs: the first image of each digit in the test split, named ``<label>_test_<index in the
    split>.png``."""
    return [(path, path.name.partition("_")[0]) for path in sorted((FOLDER / "digits").glob("*.png"))]
