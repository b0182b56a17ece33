"""The order of calls: as good as the best of all orders, and the given one where that is the best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.check import check
from export.lower import Lowering, lower
from export.plan import order, verify
from export.plan.lives import lives_of
from export.plan.order import in_order
from export.plan.schedule import schedules
from export.read import read_bytes
from tests.support.model_builder import ACTIVATION, PADDING, ModelBuilder


def branching_model(seed: int, operators: int = 6) -> bytes:
    """Pointwise convolutions of any earlier tensor, sums of two, and at the end a sum of all that nobody has read."""
    random, builder = np.random.default_rng(seed), ModelBuilder()
    source = builder.tensor((1, 4, 4, 4), 0.1, 0)
    channels, unread = {source: 4}, {source}

    def convolution(tensor: int, width: int) -> int:
        output = builder.tensor((1, 4, 4, width), 0.2, 0)
        weights = builder.constant(random.integers(-127, 128, (width, 1, 1, channels[tensor])).astype(np.int8), [0.01])
        fields = {"padding": PADDING["SAME"], "strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
        activation = ACTIVATION["NONE"]
        builder.operator("CONV_2D", [tensor, weights], output, "Conv2DOptions", fusedActivationFunction=activation, **fields)
        return output

    def total(first: int, second: int) -> int:
        output = builder.tensor((1, 4, 4, channels[first]), 0.2, 0)
        builder.operator("ADD", [first, second], output, "AddOptions", fusedActivationFunction=ACTIVATION["NONE"])
        return output

    def made(output: int, width: int, *read: int) -> int:
        channels[output] = width
        unread.difference_update(read)
        unread.add(output)
        return output

    for _ in range(operators):
        first, second = (int(tensor) for tensor in random.choice(list(channels), 2))
        if first != second and channels[first] == channels[second] and random.integers(2):
            made(total(first, second), channels[first], first, second)
        else:
            width = int(random.choice([4, 8, 24]))
            made(convolution(first, width), width, first)
    ends = [made(convolution(tensor, 4), 4, tensor) for tensor in sorted(unread)]
    end = ends[0]
    for other in ends[1:]:
        end = made(total(end, other), 4, end, other)
    return builder.build([source], [made(convolution(end, 4), 4, end)])


def lowering_of(content: bytes) -> Lowering:
    return lower(check(read_bytes(content, "branching", "branching")))


def peak(lowering: Lowering) -> int:
    return next(schedules(lowering, lives_of(lowering))).peak


def all_orders(lowering: Lowering) -> Iterator[Lowering]:
    """Every order in which each call comes after those that write what it reads."""
    storage = lowering.storage
    inputs = set(lowering.graph.inputs)

    def longer(made: tuple[int, ...], there: set[int]) -> Iterator[tuple[int, ...]]:
        if len(made) == len(lowering.calls):
            yield made
        for number, call in enumerate(lowering.calls):
            read = {storage(i) for i in call.inputs if lowering.graph.tensors[i].data is None}
            if number not in made and read <= there:
                yield from longer((*made, number), there | {storage(call.output)})

    for numbers in longer((), inputs):
        yield replace(lowering, calls=tuple(lowering.calls[number] for number in numbers))


@pytest.mark.parametrize("seed", range(20))
def test_no_order_has_a_lower_peak(seed: int) -> None:
    lowering = lowering_of(branching_model(seed, 4))
    ordered, decisions = in_order(lowering)
    least = min(peak(other) for other in all_orders(lowering))
    assert peak(ordered) == least
    assert (ordered.calls == lowering.calls) == (peak(lowering) == least) == (not decisions)


def test_some_of_these_networks_gain() -> None:
    lowerings = [lowering_of(branching_model(seed)) for seed in range(30)]
    assert sum(peak(in_order(lowering)[0]) < peak(lowering) for lowering in lowerings) >= 5


@pytest.mark.parametrize("seed", range(10))
def test_plans_in_another_order_are_sound(seed: int) -> None:
    graph = read_bytes(branching_model(seed, 8), "branching", "branching")
    verify(compile_plan(graph, default_board("cortex-m4"), (), ""))


def test_a_part_with_too_many_orders_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    lowering = next(found for found in (lowering_of(branching_model(seed)) for seed in range(30)) if in_order(found)[1])
    monkeypatch.setattr(order, "MOST_SETS", 2)
    ordered, decisions = in_order(lowering)
    assert ordered.calls == lowering.calls and "too many" in decisions[0].reason
