"""What training minimizes: cross-entropy with the labels and, with a teacher, with the teacher's softened scores."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attendnets_tf.configuration import TrainingConfig
from attendnets_tf.model import build_model, load_weights, logits_of
from attendnets_tf.runtime import keras, tf
from attendnets_tf.specification import Baseline, Specification, load_specification
from export.errors import InputError

SPECIFICATION_FILE = "specification.json"
"""In every run's folder: the network that the weights beside it belong to."""

Loss = Callable[[Any, Any, Any], Any]
"""(images float32 [B,H,W,C], shares of the classes float32 [B,classes], logits float32 [B,classes]) -> scalar."""


def weights_of(run: Path, specification: Specification | Baseline) -> Path:
    """The float weights in a run's folder."""
    return run / f"{specification.name}.weights.h5"


def training_loss(config: TrainingConfig, specification: Specification | Baseline) -> Loss:
    """The loss of a run that trains ``specification``. Raises InputError for a teacher that is none, or not of these images and classes."""
    labels = _cross_entropy(config.label_smoothing)
    if not config.teacher:
        return lambda images, targets, logits: labels(targets, logits)
    teacher = logits_of(_load_teacher(Path(config.teacher), specification))
    share, temperature = config.teacher_weight, config.temperature
    soft = _cross_entropy()

    def loss(images: Any, targets: Any, logits: Any) -> Any:
        softened = tf.nn.softmax(tf.stop_gradient(teacher(images, training=False)) / temperature)
        # Gradients of softened scores are smaller by the temperature's square.
        return (1 - share) * labels(targets, logits) + share * temperature**2 * soft(softened, logits / temperature)

    return loss


def _cross_entropy(label_smoothing: float = 0.0) -> Callable[[Any, Any], Any]:
    """(targets, logits), float32 [B,classes] each -> mean over the images that are there: a replica's share of a batch."""
    of_each = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing, reduction="none")
    return lambda targets, logits: tf.reduce_mean(of_each(targets, logits))


def _load_teacher(run: Path, student: Specification | Baseline) -> Any:
    specification = load_specification(run / SPECIFICATION_FILE)
    if specification.input != student.input or specification.classes != student.classes:
        raise InputError(
            f"{run}: the teacher sees {specification.input} and knows {specification.classes} classes, "
            f"{student.name} {student.input} and {student.classes}.",
            "Train the teacher on the same images and classes.",
        )
    model = build_model(specification)
    load_weights(model, weights_of(run, specification), "Name the folder of a finished run.")
    return model
