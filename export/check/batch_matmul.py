"""BATCH_MATMUL."""

from __future__ import annotations

from ..geometry import broadcast_shape
from ..graph import BatchMatmulOptions, Graph, Operator
from . import rules


def batch_matmul(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 2, 2)
    options = operator.options
    assert isinstance(options, BatchMatmulOptions)
    first, second, output = graph.input_of(operator, 0), graph.input_of(operator, 1), graph.output_of(operator)
    for tensor in (first, second, output):
        rules.activation(tensor, operator)
    described = f"{list(first.shape)} and {list(second.shape)}"
    ranks = (len(first.shape), len(second.shape))
    rules.require(min(ranks) >= 2 and max(ranks) <= 5, operator, f"multiplies {described}; both need rank 2 to 5")
    rows, depth = first.shape[-2:] if not options.adj_x else first.shape[:-3:-1]
    other_depth, columns = second.shape[-2:] if not options.adj_y else second.shape[:-3:-1]
    batches = broadcast_shape(first.shape[:-2], second.shape[:-2])
    if batches is None or depth != other_depth:
        rules.refuse(operator, f"shapes {described} do not multiply", "Export the model again.")
    rules.same_elements(operator, (*batches, rows, columns), output)
    rules.require(depth * 255 * 255 < 2**31, operator, f"its 32-bit accumulator can overflow over {depth} products")
    rules.factor(operator, float(first.scale * second.scale) / float(output.scale))
