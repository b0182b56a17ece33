"""BATCH_MATMUL → an_batch_matmul. A transposed operand is the same bytes with other steps."""

from __future__ import annotations

from math import prod

from ..geometry import broadcast
from ..graph import BatchMatmulOptions, Graph, Operator
from ..requantization import matrix_product
from .call import Call, Parameter


def batch_matmul(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, BatchMatmulOptions)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    walk = broadcast(first.shape[:-2], second.shape[:-2])
    rows, columns = output.shape[-2:]
    depth = prod(first.shape[-2:]) // rows
    multiplier, shift = matrix_product(first, second, output)
    parameters: dict[str, Parameter] = {
        "sizes": walk.sizes,
        "first_steps": _times(walk.first, rows * depth),
        "second_steps": _times(walk.second, depth * columns),
        "rows": rows,
        "depth": depth,
        "columns": columns,
        "first_row_step": 1 if options.adj_x else depth,
        "first_depth_step": rows if options.adj_x else 1,
        "second_depth_step": 1 if options.adj_y else columns,
        "second_column_step": depth if options.adj_y else 1,
        "first_zero_point": first.zero_point,
        "second_zero_point": second.zero_point,
        "output_zero_point": output.zero_point,
        "output_multiplier": multiplier,
        "output_shift": shift,
    }
    macs = output.elements * depth
    return [Call(operator, "an_batch_matmul", (first.index, second.index), output.index, parameters, macs=macs)]


def _times(steps: tuple[int, int, int, int], size: int) -> tuple[int, int, int, int]:
    a, b, c, d = steps
    return a * size, b * size, c * size, d * size
