"""The settings of a training run."""

from dataclasses import dataclass, field
from pathlib import Path

from attendnets_tf.images import RESIZES
from attendnets_tf.specification import Baseline, Specification
from export.errors import InputError

OPTIMIZERS = ("adamw", "sgd")
QUANTIZATIONS = ("qat", "ptq")
DISTRIBUTIONS = ("none", "gpus", "workers")


@dataclass(frozen=True)
class Augmentation:
    """Random changes to training images.

    ``shift``: largest translation in each direction as a share of height and width, borders repeated; ``flip``: mirror half of
    the images left to right (for photographs: a mirrored digit is none); ``tone``: largest change of brightness, as a share of white,
    and of contrast; ``erase``: side of a square that is greyed out, as a share of height and width; ``mixup``: parameter of the Beta
    distribution by which images of a batch and their labels are mixed in pairs (arXiv 1710.09412), 0 for none.
    """

    shift: float = 0.1
    flip: bool = False
    tone: float = 0.0
    erase: float = 0.0
    mixup: float = 0.0


@dataclass(frozen=True)
class TrainingConfig:
    """A training run.

    ``data`` as for :func:`attendnets_tf.data.load_dataset`. The specification's number of classes is replaced by the data's.
    ``optimizer`` is "adamw" or "sgd" (Nesterov momentum). Learning rates are the peaks of a linear warm-up over ``warmup_epochs``
    and a cosine decay to zero, one per phase. ``average_decay``: decay per step of the moving average of the weights that is measured
    and kept; 0 for none. ``intra_op_threads`` is the threads within one operator; more than 1 pays for small images in large batches.
    ``patience``: epochs without a better one by validation after which a phase ends early; 0 for never. ``teacher`` is the folder of an
    earlier run of any network on the same classes, whose float scores, softened by ``temperature``, are learned with the share
    ``teacher_weight`` beside the labels (arXiv 1503.02531).
    ``quantization`` is "qat", fine-tuning with int8 rounding for ``qat_epochs``, or "ptq", after training: the float weights are rounded
    as they are, and the ranges of activations measured on training images.
    ``distribution``: "none", "gpus" for all of this machine, or "workers" for the processes that TF_CONFIG names; each replica takes its
    share of every batch.
    ``resize`` is how images come to the specification's size: "antialias", or "area" or "bilinear" as a camera's generated C
    does it. ``skip_unreadable`` leaves out files that are no images. ``command`` goes into the model card.

    Raises :class:`InputError` for values that cannot be trained with.
    """

    data: str
    specification: Specification | Baseline
    output: Path
    seed: int = 1
    epochs: int = 60
    qat_epochs: int = 15
    batch_size: int = 64
    optimizer: str = "adamw"
    learning_rate: float = 4e-3
    qat_learning_rate: float = 4e-4
    warmup_epochs: int = 2
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    average_decay: float = 0.0
    augmentation: Augmentation = field(default_factory=Augmentation)
    intra_op_threads: int = 1
    patience: int = 0
    teacher: str = ""
    teacher_weight: float = 0.5
    temperature: float = 4.0
    quantization: str = "qat"
    distribution: str = "none"
    resize: str = "antialias"
    skip_unreadable: bool = False
    command: str = ""

    def __post_init__(self) -> None:
        for name in ("epochs", "qat_epochs", "batch_size", "learning_rate", "qat_learning_rate", "intra_op_threads"):
            _require(getattr(self, name) > 0, name, getattr(self, name), "use a positive number")
        for name in ("seed", "warmup_epochs", "weight_decay", "patience"):
            _require(getattr(self, name) >= 0, name, getattr(self, name), "use zero or more")
        _require(self.optimizer in OPTIMIZERS, "optimizer", self.optimizer, f"use one of {', '.join(OPTIMIZERS)}")
        _require(
            self.quantization in QUANTIZATIONS, "quantization", self.quantization, f"use one of {', '.join(QUANTIZATIONS)}"
        )
        _require(
            self.distribution in DISTRIBUTIONS, "distribution", self.distribution, f"use one of {', '.join(DISTRIBUTIONS)}"
        )
        _require(0 <= self.average_decay < 1, "average_decay", self.average_decay, "use at least 0 and less than 1")
        _require(self.resize in RESIZES, "resize", self.resize, f"use one of {', '.join(RESIZES)}")
        _require(0 <= self.label_smoothing < 1, "label_smoothing", self.label_smoothing, "use at least 0 and less than 1")
        _require(0 <= self.teacher_weight <= 1, "teacher_weight", self.teacher_weight, "use 0 to 1")
        _require(self.temperature >= 1, "temperature", self.temperature, "use at least 1")
        for name, most in (("shift", 0.5), ("tone", 1), ("erase", 1)):
            value = getattr(self.augmentation, name)
            _require(0 <= value < most, name, value, f"use at least 0 and less than {most}")
        _require(self.augmentation.mixup >= 0, "mixup", self.augmentation.mixup, "use zero or more")


def _require(condition: bool, name: str, value: object, hint: str) -> None:
    if not condition:
        raise InputError(f"{name} is {value}", hint)
