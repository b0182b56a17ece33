"""An exponential moving average of a model's weights: what is measured, kept and exported instead of the last step's weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from attendnets_tf.runtime import tf

WARM_UP_STEPS = 10


class WeightAverage:
    """The average of ``weights`` over training steps with a ``decay`` per step; none, at no cost, where ``decay`` is 0.

    In the first steps the decay is (1 + step) / (10 + step), so that the average leaves the initial weights soon.
    """

    def __init__(self, weights: list[Any], decay: float) -> None:
        self._weights, self._decay = (weights, decay) if decay else ([], 0.0)
        self._averages = [_local(weight) for weight in self._weights]
        self._step = _local(np.int64(0))

    @property
    def variables(self) -> list[Any]:
        """What a checkpoint must hold to go on."""
        return [*self._averages, self._step] if self._weights else []

    def update(self) -> None:
        """Take the weights of a finished step in; part of the graph that trains."""
        if not self._weights:
            return
        step = tf.cast(self._step, tf.float32)
        decay = tf.minimum(self._decay, (1 + step) / (WARM_UP_STEPS + step))
        for average, weight in zip(self._averages, self._weights, strict=True):
            average.assign(average + (1 - tf.cast(decay, weight.dtype)) * (weight - average))
        self._step.assign_add(1)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model has the average as its weights, until the end of the context."""
        trained = [weight.numpy() for weight in self._weights]
        for average, weight in zip(self._averages, self._weights, strict=True):
            weight.assign(average)
        yield
        for value, weight in zip(trained, self._weights, strict=True):
            weight.assign(value)


def _local(value: Any) -> Any:
    """A variable that every replica has for itself; weights are alike in all replicas, so their averages are too."""
    return tf.Variable(
        value,
        trainable=False,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
    )
