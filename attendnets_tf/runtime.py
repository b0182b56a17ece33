"""TensorFlow, loaded once and configured so that equal inputs give equal bytes.

Every module that needs TensorFlow takes ``keras``, ``tf`` and ``toolkit`` (the quantization toolkit) from here: the settings
below must be in place before the first import, and the toolkit accepts only Keras 2 (``tf_keras``).
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from export.errors import AttendNetsError

INTER_OP_THREADS = 2

# Results depend on oneDNN and on the thread counts: both change the order of additions.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what native code prints while TensorFlow loads, before any log level applies. Exceptions still come through."""
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


try:
    with _silent_stderr():
        import tensorflow as tf
        import tf_keras as keras
        from tensorflow_model_optimization.quantization import keras as toolkit
except ImportError as error:
    raise AttendNetsError(
        f"training needs TensorFlow, which could not be loaded: {error}", "install it with: pip install 'attendnets-tf[train]'"
    ) from error

tf.get_logger().setLevel("ERROR")
logging.getLogger("absl").setLevel(logging.ERROR)
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(INTER_OP_THREADS)
# Networks this small train well on a CPU.
tf.config.set_visible_devices([], "GPU")

__all__ = ["keras", "prepare", "seed_everything", "settings", "tf", "toolkit"]


def prepare(intra_op_threads: int, gpus: bool = False) -> None:
    """Set the threads within one operator, and whether GPUs are used. To be called before the first operator runs.

    Without GPUs the same training gives the same bytes; not every gradient that it needs has a deterministic GPU kernel.

    Raises AttendNetsError where TensorFlow has begun with other settings.
    """
    try:
        tf.config.threading.set_intra_op_parallelism_threads(intra_op_threads)
        if gpus:
            tf.config.set_visible_devices(tf.config.list_physical_devices("GPU"), "GPU")
    except RuntimeError as error:
        if gpus or tf.config.threading.get_intra_op_parallelism_threads() != intra_op_threads:
            raise AttendNetsError(
                f"TensorFlow runs already, not with {intra_op_threads} threads: {error}", "start a new process"
            ) from error
    if not gpus:
        tf.config.experimental.enable_op_determinism()


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow: the weights of the next model built depend on ``seed`` alone."""
    keras.utils.set_random_seed(seed)


def settings() -> dict[str, str]:
    """Versions and runtime settings that decide the trained bytes, for the model card."""
    packages = ("tensorflow", "tf_keras", "tensorflow-model-optimization", "numpy", "pillow")
    return {name: version(name) for name in packages} | {
        "intra_op_threads": str(tf.config.threading.get_intra_op_parallelism_threads()),
        "inter_op_threads": str(INTER_OP_THREADS),
        "TF_ENABLE_ONEDNN_OPTS": os.environ["TF_ENABLE_ONEDNN_OPTS"],
    }
