"""Training a model for one phase, epoch by epoch, with a checkpoint after each."""

from collections.abc import Callable
from typing import Any

import numpy as np

from attendnets_tf import checkpoint
from attendnets_tf.averaging import WeightAverage
from attendnets_tf.batches import TrainingBatches, normalize
from attendnets_tf.checkpoint import PhaseState, State
from attendnets_tf.configuration import TrainingConfig
from attendnets_tf.data import Dataset, Split
from attendnets_tf.distillation import Loss
from attendnets_tf.distribution import building, distributed, writes_files
from attendnets_tf.model import logits_of
from attendnets_tf.quantization import calibrate
from attendnets_tf.runtime import keras, tf
from export.errors import AttendNetsError


class DivergedError(AttendNetsError):
    """The loss of a training is not finite."""


Progress = Callable[[str, int, int, int, int, dict[str, float]], None]
"""Called as (phase, epoch, epochs, step, steps, metrics), all counts from 1; phases: float, qat, convert, evaluate."""

PHASES = ("float", "qat")
CALIBRATION_BATCHES = 32
EVALUATION_BATCH = 256
MOMENTUM = 0.9


class Fitter:
    """Runs the phases ``float`` and ``qat`` of one output folder, continuing from its checkpoint where there is one.

    ``fingerprint`` (plain JSON) identifies configuration and data; see :func:`attendnets_tf.checkpoint.load`. Models come from
    ``strategy``'s scope (:func:`attendnets_tf.distribution.building`).
    """

    def __init__(
        self, config: TrainingConfig, dataset: Dataset, report: Progress, fingerprint: dict[str, Any], loss: Loss, strategy: Any
    ) -> None:
        self._config, self._report, self._fingerprint = config, report, fingerprint
        self._batches = TrainingBatches(dataset.train, len(dataset.classes), config.batch_size, config.augmentation)
        self._validation, self._loss, self._strategy = dataset.validation, loss, strategy
        self._state: State = checkpoint.load(config.output, fingerprint)

    @property
    def history(self) -> list[dict[str, Any]]:
        """Metrics of every epoch of both phases."""
        return self._state.history

    def fit(self, model: Any, phase: str) -> None:
        """Train ``model`` for what remains of ``phase``; leaves it with the weights of the best epoch by validation."""
        epochs = self._config.epochs if phase == "float" else self._config.qat_epochs
        state = self._state.phases.setdefault(phase, PhaseState())
        if state.epoch < epochs:
            if phase == "qat" and state.epoch == 0:
                self.calibrate(model)
            self._train(model, phase, state, epochs)
        _assign(model.weights, state.best)

    def calibrate(self, model: Any) -> None:
        """Measure the ranges of a quantization-aware model's activations on the first training images of an order of their own."""
        batches = self._batches.epoch(self._seed("qat", 0)).take(CALIBRATION_BATCHES)
        calibrate(model, [images for images, _ in batches], self._strategy)

    def _train(self, model: Any, phase: str, state: PhaseState, epochs: int) -> None:
        steps = self._batches.steps
        with building(self._strategy):
            logits = logits_of(model)
            optimizer = make_optimizer(self._config, phase, steps, epochs)
            optimizer.build(logits.trainable_variables)
            average = WeightAverage(model.weights, self._config.average_decay)
        variables = [*model.weights, *optimizer.variables, *average.variables]
        if state.epoch:
            _assign(variables, state.current)
        train_step = make_train_step(logits, optimizer, average, self._loss, self._strategy)
        evaluate = evaluation(model)
        for epoch in range(state.epoch + 1, epochs + 1):
            losses = []
            for step, (images, targets) in enumerate(self._epoch(phase, epoch), start=1):
                losses.append(float(train_step(images, targets)))
                self._report(phase, epoch, epochs, step, steps, {"loss": float(np.mean(losses))})
            if not np.isfinite(losses).all():
                raise DivergedError(
                    f"training diverged in epoch {epoch} of {phase}: the loss is not finite", "lower the learning rate"
                )
            with average.in_place():
                accuracy, loss = evaluate(self._validation)
                measured = [weight.numpy() for weight in model.weights]
            metrics = {"loss": float(np.mean(losses)), "validation_loss": loss, "validation_accuracy": accuracy}
            state.epoch = epoch
            state.current = [variable.numpy() for variable in variables] if epoch < epochs else []
            if (accuracy, -loss) > state.best_score:
                state.best_score, state.best_epoch, state.best = (accuracy, -loss), epoch, measured
            self._state.history.append({"phase": phase, "epoch": epoch} | metrics)
            patience = self._config.patience
            if patience and epoch - state.best_epoch >= patience:
                state.epoch, state.current = epochs, []
            if writes_files(self._strategy):
                checkpoint.save(self._config.output, self._fingerprint, self._state)
            self._report(phase, epoch, epochs, steps, steps, metrics)
            if state.epoch == epochs:
                return

    def _epoch(self, phase: str, epoch: int) -> Any:
        seed = self._seed(phase, epoch)
        return distributed(self._strategy, self._batches.size, lambda share: self._batches.epoch(seed, share))

    def _seed(self, phase: str, epoch: int) -> tuple[int, int, int]:
        return self._config.seed, PHASES.index(phase), epoch


def evaluation(model: Any) -> Callable[[Split], tuple[float, float]]:
    """A function that measures (accuracy, mean cross-entropy) of a Keras AttendNet, float or quantization-aware, on a split."""
    logits = logits_of(model)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")

    @tf.function(reduce_retracing=True)
    def evaluate_batch(images: Any, labels: Any) -> tuple[Any, Any]:
        scores = logits(normalize(images), training=False)
        return tf.math.count_nonzero(tf.argmax(scores, axis=1) == labels), loss_of(labels, scores)

    def evaluate(split: Split) -> tuple[float, float]:
        correct, total_loss = 0, 0.0
        for start in range(0, len(split), EVALUATION_BATCH):
            stop = start + EVALUATION_BATCH
            hits, loss = evaluate_batch(split.images[start:stop], split.labels[start:stop])
            correct, total_loss = correct + int(hits), total_loss + float(loss)
        return correct / len(split), total_loss / len(split)

    return evaluate


def make_optimizer(config: TrainingConfig, phase: str, steps: int, epochs: int) -> Any:
    peak = config.learning_rate if phase == "float" else config.qat_learning_rate
    warmup = min(config.warmup_epochs, epochs - 1) * steps
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup else peak,
        decay_steps=epochs * steps - warmup,
        warmup_target=peak if warmup else None,
        warmup_steps=warmup,
    )
    if config.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(schedule, momentum=MOMENTUM, nesterov=True, weight_decay=config.weight_decay)
    else:
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "/scale/"])
    return optimizer


def make_train_step(logits: Any, optimizer: Any, average: WeightAverage, loss_of: Loss, strategy: Any) -> Any:
    def of_replica(images: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            # The gradients of replicas are added up.
            loss = loss_of(images, targets, logits(images, training=True)) / strategy.num_replicas_in_sync
        gradients = tape.gradient(loss, logits.trainable_variables)
        optimizer.apply_gradients(zip(gradients, logits.trainable_variables, strict=True))
        average.update()
        return loss

    @tf.function
    def step(images: Any, targets: Any) -> Any:
        return strategy.reduce("SUM", strategy.run(of_replica, args=(images, targets)), axis=None)

    return step


def _assign(variables: list[Any], values: list[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
