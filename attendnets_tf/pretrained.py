"""What comes with the package: a model that reads handwritten digits, ten images to try it on, and weights of other models."""

from pathlib import Path

from export.errors import InputError

FOLDER = Path(__file__).parent / "pretrained"
SUFFIX = ".weights.h5"


def weights_file(model: str, weights: str | Path) -> Path:
    """The file of ``weights`` for the specification ``model``: shipped ones by their name, or any by their path.

    Raises :class:`InputError` where there is neither; the names that there are for this model are in the hint.
    """
    shipped = {
        path.name.removesuffix(SUFFIX).removeprefix(f"{model}_"): path for path in sorted(FOLDER.glob(f"{model}_*{SUFFIX}"))
    }
    if str(weights) in shipped:
        return shipped[str(weights)]
    if Path(weights).is_file():
        return Path(weights)
    raise InputError(
        f"There are no weights {str(weights)!r} for {model}.",
        f"Give the path of a {SUFFIX} file, or one of: {', '.join(shipped) or 'none is shipped for this model'}.",
    )


def bundled_model() -> Path:
    """Path of ``attendnet_digits.tflite``; its model card stands beside it (:func:`attendnets_tf.card.load_card`)."""
    return FOLDER / "attendnet_digits.tflite"


def bundled_images() -> list[tuple[Path, str]]:
    """Ten (path, label) pairs: the first image of each digit in the test split, named ``<label>_test_<index in the
    split>.png``."""
    return [(path, path.name.partition("_")[0]) for path in sorted((FOLDER / "digits").glob("*.png"))]
