"""The family of AttendNets, one function per model, in the manner of ``keras.applications``.

=============== ========= ========== ====== ================= ======================================================
function        input     parameters MACs   50 or 10 classes  where it is from
=============== ========= ========== ====== ================= ======================================================
AttendNetA      224x224x3 1,384,476  276.2M 50                reconstruction that meets the paper's published budgets
AttendNetB      224x224x3 782,908    191.7M 50                reconstruction that meets the paper's published budgets
AttendNetMicro  96x96x3   359,106    16.6M  10                this project's own: 256 KB of RAM
AttendNetNano   32x32x3   77,150     11.4M  10                this project's own: 64 KB of RAM
=============== ========= ========== ====== ================= ======================================================

The paper (Wong, Famouri, Shafiee, arXiv 2009.14385) publishes parameters and multiply-adds of AttendNet-A and -B, and no layer list;
docs/models.md says what is known, reconstructed and our own. Parameters are trainable ones, as the paper counts them.
"""

from pathlib import Path
from typing import Any

from attendnets_tf.model import build_model, load_weights
from attendnets_tf.pretrained import weights_file
from attendnets_tf.specification import load_specification


def AttendNetA(  # noqa: N802  (model functions are named as in keras.applications)
    input_shape: tuple[int, int, int] = (224, 224, 3), classes: int = 50, weights: str | Path | None = None
) -> Any:
    """AttendNet-A, after arXiv 2009.14385: 1,386 K parameters and 276.8 M multiply-adds published, 1,384 K and 276.2 M here.

    ``input_shape`` is (height, width, channels), the sides multiples of 32; inputs float32 [N, height, width, channels] with values
    (pixel - 128) / 128, outputs probabilities float32 [N, classes]. ``weights``: None for random ones, the name of shipped ones, or
    the path of a ``.weights.h5`` file.

    Raises :class:`export.errors.InputError` for a shape that gives no network and weights that are not there or do not fit.
    """
    return _model("attendnet_a", input_shape, classes, weights)


def AttendNetB(  # noqa: N802
    input_shape: tuple[int, int, int] = (224, 224, 3), classes: int = 50, weights: str | Path | None = None
) -> Any:
    """AttendNet-B, after arXiv 2009.14385: 782 K parameters and 191.3 M multiply-adds published, 783 K and 191.7 M here.

    Arguments as of :func:`AttendNetA`.
    """
    return _model("attendnet_b", input_shape, classes, weights)


def AttendNetMicro(  # noqa: N802
    input_shape: tuple[int, int, int] = (96, 96, 3), classes: int = 10, weights: str | Path | None = None
) -> Any:
    """This project's own AttendNet for microcontrollers with 256 KB of RAM. Sides are multiples of 16; else as :func:`AttendNetA`."""
    return _model("attendnet_micro", input_shape, classes, weights)


def AttendNetNano(  # noqa: N802
    input_shape: tuple[int, int, int] = (32, 32, 3), classes: int = 10, weights: str | Path | None = None
) -> Any:
    """This project's own AttendNet for microcontrollers with 64 KB of RAM. Sides are multiples of 8; else as :func:`AttendNetA`."""
    return _model("attendnet_nano", input_shape, classes, weights)


def _model(name: str, input_shape: tuple[int, int, int], classes: int, weights: str | Path | None) -> Any:
    model = build_model(load_specification(name).adapted(classes, input_shape))
    if weights is not None:
        load_weights(model, weights_file(name, weights), "Give the input shape and the classes that it was trained with.")
    return model
