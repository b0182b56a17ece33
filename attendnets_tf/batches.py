"""Training batches: seeded order, light augmentation, normalization. All randomness comes from (seed, phase, epoch).

So an epoch sees the same batches whether or not the training was interrupted before it.
"""

from typing import Any

import numpy as np

from attendnets_tf.configuration import Augmentation
from attendnets_tf.data import Split
from attendnets_tf.images import NORMALIZATION
from attendnets_tf.runtime import tf


def normalize(images: Any) -> Any:
    """uint8 [N,H,W,C] -> float32 (pixel - 128) / 128, the value that int8 = pixel - 128 stands for."""
    return (tf.cast(images, tf.float32) - NORMALIZATION["mean"]) / NORMALIZATION["divisor"]


class TrainingBatches:
    """A training split in memory, dealt out epoch by epoch in batches of ``batch_size`` (fewer where there are fewer
    images)."""

    def __init__(self, split: Split, batch_size: int, augmentation: Augmentation) -> None:
        self._images, self._labels = tf.constant(split.images), tf.constant(split.labels)
        self._batch_size = min(batch_size, len(split))
        self._augmentation = augmentation

    @property
    def steps(self) -> int:
        """Batches per epoch; an incomplete last one is left out."""
        return len(self._labels) // self._batch_size

    def epoch(self, seed: tuple[int, ...]) -> Any:
        """A ``tf.data.Dataset`` of (float32 [B,H,W,C], int64 [B]), determined by ``seed``."""
        rng = np.random.default_rng(seed)
        count, height, width, _ = self._images.shape
        limits = np.array([int(self._augmentation.shift * height), int(self._augmentation.shift * width)])
        order = rng.permutation(count)
        shifts = rng.integers(-limits, limits, size=(count, 2), endpoint=True, dtype=np.int32)
        flips = rng.random(count) < (0.5 if self._augmentation.flip else 0.0)
        dataset = tf.data.Dataset.from_tensor_slices((order, shifts, flips)).batch(self._batch_size, drop_remainder=True)
        return dataset.map(self._load, num_parallel_calls=1).prefetch(2)

    def _load(self, indices: Any, shifts: Any, flips: Any) -> tuple[Any, Any]:
        _, height, width, _ = self._images.shape
        rows = tf.clip_by_value(tf.range(height)[None] + shifts[:, :1], 0, height - 1)
        columns = tf.clip_by_value(tf.range(width)[None] + shifts[:, 1:], 0, width - 1)
        columns = tf.where(flips[:, None], columns[:, ::-1], columns)
        images = tf.gather(self._images, indices)
        images = tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)
        return normalize(images), tf.gather(self._labels, indices)
