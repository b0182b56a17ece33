"""Known networks scaled to what the best network found needs: what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf

from attendnets_tf.conversion import convert
from attendnets_tf.explore.oracle import Requirements, judge, judge_graph
from attendnets_tf.explore.space import rounded
from attendnets_tf.model import build_model, count_macs
from attendnets_tf.quantization import quantization_aware
from attendnets_tf.specification import Baseline, Input, Specification, Stage, Stem, load_specification
from export.read import read_bytes

NAMES = ("attendnet_a", "attendnet_b", "mobilenet_v1")
STEPS = 32
"""Widths are tried in shares of this."""
SMALL_IMAGE, WIDTHS_OF = 64, 4
LEAST_WIDTH, MOST_WIDTH = 0.125, 2

Network = Specification | Baseline


def scaled_references(prototype: Specification, classes: int, requirements: Requirements, macs: float) -> list[Network]:
    """The prototype, AttendNet-A and B and MobileNet-V1 for the prototype's images, in the greatest widths with at most ``macs`` that satisfy the
    requirements; where the narrowest has more, in that. On images smaller than 64 pixels their first convolution keeps the resolution."""
    adapted = [adapted_to(load_specification(name), prototype.input, classes) for name in NAMES]
    found = []
    for network in (prototype.adapted(classes=classes), *adapted):
        share = _greatest(partial(_suits, network, requirements, macs))
        if share is None and _suits(network, requirements, inf, LEAST_WIDTH):
            share = LEAST_WIDTH
        if share is not None:
            found.append(scaled(network, share))
    return found


def scaled(network: Network, share: float) -> Network:
    """Every width times ``share``, in multiples of 4 (a MobileNet's: of 8)."""
    if isinstance(network, Baseline):
        return replace(network, name=f"{network.name}_{round(100 * share)}", width=share)

    def width(channels: int) -> int:
        return rounded(channels * share, WIDTHS_OF)

    stages = tuple(
        replace(
            stage,
            filters=width(stage.filters),
            condenser_channels=None if stage.condenser_channels is None else width(stage.condenser_channels),
        )
        for stage in network.stages
    )
    name = f"{network.name}_{round(100 * share)}"
    return replace(network, name=name, stem=replace(network.stem, filters=width(network.stem.filters)), stages=stages)


def adapted_to(network: Network, size: Input, classes: int) -> Network:
    """For other images: a stride of 2 and condensers stay where the size is even; small images are not halved by the first convolution."""
    small = min(size.height, size.width) < SMALL_IMAGE
    if isinstance(network, Baseline):
        return replace(network, input=size, classes=classes, stem_stride=1 if small else network.stem_stride)
    stem = Stem(network.stem.filters, 1 if small else network.stem.stride)
    height, width = (-(-side // stem.stride) for side in (size.height, size.width))
    stages: list[Stage] = []
    for stage in network.stages:
        even = height % 2 == width % 2 == 0
        stride = stage.stride if even and min(height, width) > 4 else 1
        height, width = height // stride, width // stride
        condenser = stage.condenser_channels if height % 2 == width % 2 == 0 else None
        stages.append(replace(stage, stride=stride, condenser_channels=condenser))
    return replace(network, input=size, classes=classes, stem=stem, stages=tuple(stages))


def _greatest(suits: Callable[[float], bool]) -> float | None:
    """By bisection: what is wider needs more of everything."""
    low, high = 0, MOST_WIDTH * STEPS
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if suits(middle / STEPS) else (low, middle - 1)
    return low / STEPS or None


def _suits(adapted: Network, requirements: Requirements, macs: float, share: float) -> bool:
    if isinstance(adapted, Baseline) and share < LEAST_WIDTH:
        return False
    network = scaled(adapted, share)
    if isinstance(network, Specification):
        verdict = judge(network, requirements)
        return not verdict.excess and verdict.figures["macs"] <= macs
    model = build_model(network)
    return count_macs(model) <= macs and not _judged_by_conversion(model, requirements)


def _judged_by_conversion(model: object, requirements: Requirements) -> dict[str, float]:
    """What is too much of a network that only its conversion describes."""
    graph = read_bytes(convert(quantization_aware(model)), "reference", "reference")
    return judge_graph(graph, 0, requirements).excess
