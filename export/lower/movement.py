"""PAD, PADV2 → an_pad; MIRROR_PAD → an_gather; CONCATENATION, PACK → one an_copy_blocks per input. Views need no call."""

from __future__ import annotations

from math import prod

from ..geometry import mirrored
from ..graph import ConcatenationOptions, Graph, MirrorPadOptions, Operator, StackOptions
from .call import Call, Parameter
from .move import gather


def pad(graph: Graph, operator: Operator) -> list[Call]:
    return _pad(graph, operator, graph.output_of(operator).zero_point)


def pad_v2(graph: Graph, operator: Operator) -> list[Call]:
    value = graph.input_of(operator, 2).data
    assert value is not None
    return _pad(graph, operator, int(value.reshape(-1)[0]))


def copy(graph: Graph, operator: Operator) -> list[Call]:
    """A view whose output must be bytes of its own."""
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    parameters = {"blocks": 1, "block_size": source.bytes, "output_step": 0, "output_offset": 0}
    return [Call(operator, "an_copy_blocks", (source.index,), output.index, dict(parameters))]


def concatenation(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, ConcatenationOptions)
    return _joined(graph, operator, options.axis % len(graph.output_of(operator).shape))


def pack(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, StackOptions)
    return _joined(graph, operator, options.axis % len(graph.output_of(operator).shape))


def mirror_pad(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, MirrorPadOptions)
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    widths = graph.input_of(operator, 1).data
    assert widths is not None
    positions = [
        mirrored(size, int(before), int(after), options.mode)
        for size, (before, after) in zip(source.shape, widths, strict=True)
    ]
    return [gather(operator, source, output, positions)]


def _joined(graph: Graph, operator: Operator, axis: int) -> list[Call]:
    """The inputs side by side along an axis of the output."""
    output = graph.output_of(operator)
    blocks = prod(output.shape[:axis])
    calls, offset = [], 0
    for position in range(len(operator.inputs)):
        source = graph.input_of(operator, position)
        size = source.bytes // blocks
        parameters = {"blocks": blocks, "block_size": size, "output_step": output.bytes // blocks, "output_offset": offset}
        last = position == len(operator.inputs) - 1
        calls.append(Call(operator, "an_copy_blocks", (source.index,), output.index, dict(parameters), completes=last))
        offset += size
    return calls


def _pad(graph: Graph, operator: Operator, value: int) -> list[Call]:
    source, output = graph.input_of(operator, 0), graph.output_of(operator)
    widths = graph.input_of(operator, 1).data
    assert widths is not None
    missing = 4 - len(source.shape)
    before = [0] * missing + [int(pair[0]) for pair in widths]
    after = [0] * missing + [int(pair[1]) for pair in widths]
    parameters: dict[str, Parameter] = {
        "sizes": _four([1] * missing + list(source.shape)),
        "before": _four(before),
        "after": _four(after),
        "value": value,
    }
    return [Call(operator, "an_pad", (source.index,), output.index, dict(parameters))]


def _four(values: list[int]) -> tuple[int, int, int, int]:
    a, b, c, d = values
    return a, b, c, d
