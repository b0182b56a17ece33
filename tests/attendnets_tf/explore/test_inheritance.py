"""Weights are taken over where shapes allow: the part that both networks have."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from attendnets_tf.explore.inheritance import inherit, shared


class Variable:
    """As much of a Keras variable as is needed."""

    def __init__(self, name: str, value: np.ndarray) -> None:
        self.name, self.value = name, value

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    def numpy(self) -> np.ndarray:
        return self.value.copy()

    def assign(self, value: np.ndarray) -> None:
        assert value.shape == self.value.shape
        self.value = value


@pytest.mark.parametrize(
    ("child", "parent", "share"),
    [((3, 3, 8, 16), (3, 3, 8, 16), 1.0), ((3, 3, 8, 16), (3, 3, 4, 16), 0.5), ((3, 3, 8, 16), (3, 3, 80, 4), 0.25)],
)
def test_wider_and_narrower_networks_share_a_part(child: tuple[int, ...], parent: tuple[int, ...], share: float) -> None:
    variable = Variable("stem/kernel:0", np.zeros(child))
    given = np.arange(1, 1 + np.prod(parent), dtype=float).reshape(parent)
    inherit(SimpleNamespace(weights=[variable]), {"stem/kernel:0": given})
    assert shared({variable.name: child}, {variable.name: parent}) == share
    assert np.count_nonzero(variable.value) == share * variable.value.size
    part = tuple(slice(0, min(sizes)) for sizes in zip(child, parent, strict=True))
    assert (variable.value[part] == given[part]).all()


def test_other_windows_and_other_layers_share_nothing() -> None:
    shapes = {"stem/kernel:0": (3, 3, 8, 16), "stem/gamma:0": (16,)}
    assert shared(shapes, {"stem/kernel:0": (1, 1, 8, 16), "other/gamma:0": (16,)}) == 0
    assert shared(shapes, {"stem/gamma:0": (16, 1)}) == 0
    variables = [Variable(name, np.ones(shape)) for name, shape in shapes.items()]
    inherit(SimpleNamespace(weights=variables), {"stem/kernel:0": np.zeros((1, 1, 8, 16)), "stem/gamma:0": np.zeros((16, 1))})
    assert all((variable.value == 1).all() for variable in variables)
