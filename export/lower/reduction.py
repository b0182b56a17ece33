"""MEAN over any axes → an_mean."""

from __future__ import annotations

from ..geometry import normalized_axes, strides
from ..graph import Graph, Operator
from ..requantization import mean as mean_factor
from .call import Call


def mean(graph: Graph, operator: Operator) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    axes_tensor = graph.input_of(operator, 1)
    assert axes_tensor.data is not None
    axes = normalized_axes(axes_tensor.data.reshape(-1).tolist(), len(source.shape))
    steps = strides(source.shape)
    kept = [(size, step) for axis, (size, step) in enumerate(zip(source.shape, steps, strict=True)) if axis not in axes]
    reduced = [(size, step) for axis, (size, step) in enumerate(zip(source.shape, steps, strict=True)) if axis in axes]
    count = source.elements // output.elements
    multiplier, shift = mean_factor(source, output, count)
    return [
        Call(
            operator,
            "an_mean",
            (source.index,),
            output.index,
            {
                "kept_sizes": _sizes(kept),
                "kept_steps": _steps(kept),
                "reduced_sizes": _sizes(reduced),
                "reduced_steps": _steps(reduced),
                "zero_point_sum": count * source.zero_point,
                "output_zero_point": output.zero_point,
                "output_multiplier": multiplier,
                "output_shift": shift,
            },
        )
    ]


def _sizes(axes: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    a, b, c, d = [1] * (4 - len(axes)) + [size for size, _ in axes]
    return a, b, c, d


def _steps(axes: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    a, b, c, d = [0] * (4 - len(axes)) + [step for _, step in axes]
    return a, b, c, d
