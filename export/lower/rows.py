"""Calls that can be made a few rows at a time: which rows of the operands they need, and the call for some of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..geometry import explicit_padding, spans
from ..graph import ConvolutionOptions, Graph, Operator, PoolingOptions, Tensor
from . import Lowering, with_kernel
from .attention import KERNELS, attend
from .call import Call

WINDOWED = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "AVERAGE_POOL_2D", "MAX_POOL_2D"})
ELEMENTWISE = frozenset({"ADD", "SUB", "MUL", "MINIMUM", "MAXIMUM", "LOOKUP", "PRELU", "QUANTIZE"})
EXPANDING = frozenset(KERNELS.values())


@dataclass(frozen=True)
class Reads:
    """A turn reads ``reach`` rows of an operand; they begin ``before`` rows above the row ``step`` times the number of the turn, and those
    outside the operand are padding. It waits until ``ahead`` more are there, or all."""

    step: int
    before: int
    reach: int
    ahead: int = 0

    def rows(self, turn: int, height: int) -> range:
        """The rows inside an operand of ``height`` rows."""
        start = turn * self.step - self.before
        return range(max(0, start), max(0, min(height, start + self.reach)))


@dataclass(frozen=True)
class RowWise:
    """A call in turns: each makes the next ``unit`` rows of the output. ``reads`` is None for a constant operand."""

    unit: int
    reads: tuple[Reads | None, ...]


def row_wise(lowering: Lowering, call: Call, rows: int) -> RowWise | str:
    """How ``call`` can be made in turns of so many rows, a power of two, or why it cannot."""
    graph, operator = lowering.graph, call.operator
    output = graph.tensors[call.output]
    operands = [graph.tensors[index] for index in call.inputs]
    activations = [operand for operand in operands if operand.data is None]
    if len(operator.outputs) != 1 or not call.completes or not 1 <= len(activations) <= 2:
        return "it takes several calls, makes several outputs, or has more than two operands"
    if any(len(tensor.shape) != 4 or tensor.shape[0] != 1 for tensor in (output, *activations)):
        return "no single image"
    if call.kernel in EXPANDING:
        double = max(2, rows)
        return RowWise(double, (Reads(double, 0, double), Reads(double // 2, 0, double // 2)))
    if operator.kind in WINDOWED:
        reads = _windows(graph, operator, operands[0])
        if reads.reach >= operands[0].shape[1]:
            return "its window is as high as the image"
        return RowWise(rows, (Reads(rows * reads.step, reads.before, (rows - 1) * reads.step + reads.reach),))
    if operator.kind in ELEMENTWISE:
        return _elementwise(output, operands, rows)
    return f"{operator.kind} is not made by rows"


def _windows(graph: Graph, operator: Operator, source: Tensor) -> Reads:
    window, options, dilation = _window(graph, operator)
    rows, _ = spans(source.shape, window, options.stride, dilation, options.padding)
    return Reads(options.stride[0], rows.before, (window[0] - 1) * dilation[0] + 1)


def _window(graph: Graph, operator: Operator) -> tuple[tuple[int, int], ConvolutionOptions | PoolingOptions, tuple[int, int]]:
    options = operator.options
    if isinstance(options, PoolingOptions):
        return options.window, options, (1, 1)
    assert isinstance(options, ConvolutionOptions)
    height, width = graph.input_of(operator, 1).shape[1:3]
    return (height, width), options, options.dilation


def _elementwise(output: Tensor, operands: list[Tensor], rows: int) -> RowWise | str:
    for operand in operands:
        height = operand.shape[-3] if len(operand.shape) >= 3 else 1
        if (operand.data is None and operand.shape != output.shape) or (operand.data is not None and height != 1):
            return "an operand is repeated along the rows, or a constant of many"
    return RowWise(rows, tuple(Reads(rows, 0, rows) if operand.data is None else None for operand in operands))


def some_rows(lowering: Lowering, call: Call, whole: RowWise, turn: int) -> Call | None:
    """The call of one turn, by the same kernel; None where the kernel cannot make it."""
    graph, operator, output = lowering.graph, call.operator, lowering.graph.tensors[call.output]
    tensors = list(graph.tensors)
    rows = range(turn * whole.unit, min(output.shape[1], (turn + 1) * whole.unit))
    tensors[output.index] = _of_rows(output, len(rows))
    # The last turn may make fewer rows, and then needs fewer.
    fewer = whole.unit - len(rows)
    needs = [reads and replace(reads, reach=reads.reach - fewer * reads.step // whole.unit) for reads in whole.reads]
    for index, reads in zip(call.inputs, needs, strict=True):
        if reads is not None:
            tensors[index] = _of_rows(tensors[index], len(reads.rows(turn, graph.tensors[index].shape[1])))
    if call.kernel in EXPANDING:
        return _attended(replace(graph, tensors=tuple(tensors)), lowering, call)
    if operator.kind in WINDOWED:
        operator = _padded(graph, operator, needs[0], turn)
    made = with_kernel(replace(graph, tensors=tuple(tensors)), operator, lowering.tier, call.kernel)
    return made and replace(made, operator=call.operator)


def _of_rows(tensor: Tensor, rows: int) -> Tensor:
    return replace(tensor, shape=(tensor.shape[0], rows, *tensor.shape[2:]))


def _padded(graph: Graph, operator: Operator, reads: Reads | None, turn: int) -> Operator:
    """The operator of one turn, with the rows of padding that it sees."""
    assert reads is not None
    window, options, dilation = _window(graph, operator)
    shape = graph.input_of(operator, 0).shape
    _, columns = explicit_padding(shape, window, options.stride, dilation, options.padding)
    start, inside = turn * reads.step - reads.before, reads.rows(turn, shape[1])
    padding = ((inside.start - start, start + reads.reach - inside.stop), columns)
    return replace(operator, options=replace(options, padding=padding))


def _attended(graph: Graph, lowering: Lowering, call: Call) -> Call | None:
    """A product by gates of half the resolution, of two rows of values."""
    values, gates = call.inputs
    expanded = next(index for index in call.operator.inputs if index not in (None, values))
    assert expanded is not None
    tensors = list(graph.tensors)
    tensors[expanded] = replace(tensors[expanded], shape=tensors[call.output].shape)
    graph = replace(graph, tensors=tuple(tensors))
    product = replace(call.operator, inputs=(values, expanded))
    kernel = next(name for name, expanding in KERNELS.items() if expanding == call.kernel)
    made = with_kernel(graph, product, lowering.tier, kernel)
    resize = Operator(call.operator.index, "RESIZE_NEAREST_NEIGHBOR", "", (gates,), (expanded,), None)
    return made and attend(graph, call.operator, resize, made)
