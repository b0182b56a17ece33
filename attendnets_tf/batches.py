"""Training batches: seeded order, light augmentation, normalization. All randomness comes from (seed, phase, epoch).

So an epoch sees the same batches whether or not the training was interrupted before it.
"""

from typing import Any

import numpy as np

from attendnets_tf.configuration import Augmentation
from attendnets_tf.data import Split
from attendnets_tf.distribution import Share
from attendnets_tf.images import NORMALIZATION
from attendnets_tf.runtime import tf


def normalize(images: Any) -> Any:
    """uint8 [N,H,W,C] -> float32 (pixel - 128) / 128, the value that int8 = pixel - 128 stands for."""
    return (tf.cast(images, tf.float32) - NORMALIZATION["mean"]) / NORMALIZATION["divisor"]


class TrainingBatches:
    """A training split in memory, dealt out epoch by epoch in batches of ``batch_size`` (fewer where there are fewer
    images)."""

    def __init__(self, split: Split, classes: int, batch_size: int, augmentation: Augmentation) -> None:
        self._images, self._labels = tf.constant(split.images), tf.constant(split.labels)
        self._classes = classes
        self._batch_size = min(batch_size, len(split))
        self._augmentation = augmentation

    @property
    def steps(self) -> int:
        """Batches per epoch; an incomplete last one is left out."""
        return len(self._labels) // self._batch_size

    @property
    def size(self) -> int:
        """Images in a batch."""
        return self._batch_size

    def epoch(self, seed: tuple[int, ...], share: Share | None = None) -> Any:
        """A ``tf.data.Dataset`` of (images float32 [B,H,W,C], shares of the classes float32 [B,classes]), determined by ``seed``.

        It is made of all images of every batch, or of a replica's ``share`` of them.
        """
        rng = np.random.default_rng(seed)
        count, height, width, _ = self._images.shape
        limits = np.array([int(self._augmentation.shift * height), int(self._augmentation.shift * width)])
        order = rng.permutation(count)
        shifts = rng.integers(-limits, limits, size=(count, 2), endpoint=True, dtype=np.int32)
        flips = rng.random(count) < (0.5 if self._augmentation.flip else 0.0)
        tones = rng.uniform(-self._augmentation.tone, self._augmentation.tone, (count, 2)).astype(np.float32)
        corners = rng.random((count, 2), dtype=np.float32)
        alpha = self._augmentation.mixup
        shares = (rng.beta(alpha, alpha, count) if alpha else np.ones(count)).astype(np.float32)
        draws = (order, shifts, flips, tones, corners, shares)
        start, stop, size = share or Share(0, self._batch_size, self._batch_size)
        of_batches = [draw[: self.steps * self._batch_size].reshape(self.steps, -1, *draw.shape[1:]) for draw in draws]
        shared = tuple(draw[:, start:stop].reshape(-1, size, *draw.shape[2:]) for draw in of_batches)
        dataset = tf.data.Dataset.from_tensor_slices(shared)
        return dataset.map(self._load, num_parallel_calls=1).prefetch(2)

    def _load(self, indices: Any, shifts: Any, flips: Any, tones: Any, corners: Any, shares: Any) -> tuple[Any, Any]:
        images = normalize(self._moved(indices, shifts, flips))
        targets = tf.one_hot(tf.gather(self._labels, indices), self._classes)
        if self._augmentation.tone:
            tones = tones[:, :, None, None, None]
            images = tf.clip_by_value(images * (1 + tones[:, 0]) + 2 * tones[:, 1], -1.0, 127 / 128)
        if self._augmentation.erase:
            images *= self._kept(corners)
        if self._augmentation.mixup:
            # With the batch in reverse, whose order is random anyway.
            images = _mixed(images, shares[:, None, None, None])
            targets = _mixed(targets, shares[:, None])
        return images, targets

    def _kept(self, corners: Any) -> Any:
        """float32 [B,H,W,1]: 0 in a square whose upper left corner lies at ``corners``, as shares of where it can lie, 1 elsewhere."""
        inside = []
        for axis, size in enumerate(self._images.shape[1:3]):
            side = max(1, round(self._augmentation.erase * size))
            first = tf.cast(corners[:, axis, None] * (size - side + 1), tf.int32)
            positions = tf.range(size)[None]
            inside.append((positions >= first) & (positions < first + side))
        return tf.cast(~(inside[0][:, :, None] & inside[1][:, None, :]), tf.float32)[..., None]

    def _moved(self, indices: Any, shifts: Any, flips: Any) -> Any:
        _, height, width, _ = self._images.shape
        rows = tf.clip_by_value(tf.range(height)[None] + shifts[:, :1], 0, height - 1)
        columns = tf.clip_by_value(tf.range(width)[None] + shifts[:, 1:], 0, width - 1)
        columns = tf.where(flips[:, None], columns[:, ::-1], columns)
        images = tf.gather(self._images, indices)
        return tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _mixed(values: Any, shares: Any) -> Any:
    return shares * values + (1 - shares) * values[::-1]
