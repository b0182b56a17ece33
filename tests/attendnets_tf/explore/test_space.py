"""What a search draws: networks within the bounds, and nothing that is none."""

from __future__ import annotations

import optuna
import pytest

from attendnets_tf.explore.space import ATTENTIONS, Space
from attendnets_tf.specification import Specification, load_specification
from export.errors import InputError

PROTOTYPES = ("attendnet_digits", "attendnet_nano", "attendnet_b")


def drawn(space: Space, count: int) -> list[Specification]:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    return [space.draw(study.ask(), f"explore_{number}", 7) for number in range(count)]


@pytest.mark.parametrize("name", PROTOTYPES)
@pytest.mark.parametrize("multiple", [4, 8])
def test_drawn_networks_lie_within_the_bounds(name: str, multiple: int) -> None:
    prototype = load_specification(name)
    assert isinstance(prototype, Specification)
    space = Space(prototype, multiple)
    for network in drawn(space, 200):
        assert Specification.from_json(network.to_json()) == network
        assert network.classes == 7 and (network.input.height, network.input.width) in space.sizes()
        assert network.stem.filters % multiple == 0 and all(stage.filters % multiple == 0 for stage in network.stages)
        assert abs(len(network.stages) - len(prototype.stages)) <= 1
        for stage in network.stages:
            assert stage.condenser_channels is None or stage.condenser_channels % 4 == 0
            assert stage.block == "pepe" or stage.expansion == 1


def test_everything_is_drawn() -> None:
    prototype = load_specification("attendnet_nano")
    assert isinstance(prototype, Specification)
    networks = drawn(Space(prototype), 300)
    stages = [stage for network in networks for stage in network.stages]
    assert {stage.block for stage in stages} == {"pepe", "convolution"}
    assert {stage.embedding for stage in stages} == {"separable", "convolution", "depthwise"}
    assert {stage.expansion for stage in stages} == {0.5, 1, 1.5, 2}
    assert {stage.stride for stage in stages} == {1, 2}
    attentions = {network.attention for network in networks}
    assert len(attentions) == len(ATTENTIONS) and len({network.input for network in networks}) > 3


def test_sizes_end_with_the_prototypes_and_are_never_tiny() -> None:
    for name in PROTOTYPES:
        prototype = load_specification(name)
        assert isinstance(prototype, Specification)
        sizes = Space(prototype).sizes()
        assert sizes[-1] == (prototype.input.height, prototype.input.width) and min(sizes[0]) >= 12


def test_other_multiples_are_refused() -> None:
    prototype = load_specification("attendnet_nano")
    assert isinstance(prototype, Specification)
    with pytest.raises(InputError, match="multiples of 3"):
        Space(prototype, 3)
