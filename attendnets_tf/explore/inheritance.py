"""Weights taken over from an earlier network, where shapes allow: the part of every weight that both have."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

Shapes = Mapping[str, tuple[int, ...]]


def shared(child: Shapes, parent: Shapes) -> float:
    """The share of the child's weights that a parent has to give; both are shapes by the weights' names."""
    common = sum(prod(map(min, shape, parent[name])) for name, shape in child.items() if _alike(shape, parent.get(name)))
    return common / sum(map(prod, child.values()))


def inherit(model: Any, weights: Mapping[str, np.ndarray]) -> None:
    """Give a Keras model the part that it shares with ``weights``, by name; what the parent has not stays as it was initialized."""
    for variable in model.weights:
        given = weights.get(variable.name)
        if given is not None and _alike(tuple(variable.shape), given.shape):
            part = tuple(slice(0, min(sizes)) for sizes in zip(variable.shape, given.shape, strict=True))
            value = variable.numpy()
            value[part] = given[part]
            variable.assign(value)


def _alike(shape: tuple[int, ...], other: tuple[int, ...] | None) -> bool:
    """Windows must be of one size: a part of a 3x3 filter is no 1x1 filter."""
    return other is not None and len(shape) == len(other) and (len(shape) < 4 or shape[:2] == other[:2])
