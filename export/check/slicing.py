"""STRIDED_SLICE, SLICE, SPLIT, SPLIT_V, UNPACK and GATHER."""

from __future__ import annotations

from ..geometry import kept_axes, slice_ranges, strided_ranges
from ..graph import GatherOptions, Graph, Operator, StackOptions, StridedSliceOptions, Tensor
from . import rules

MOST_SLICED_AXES = 5
MOST_STRIDED_AXES = 4


def slice_(graph: Graph, operator: Operator) -> None:
    rules.arity(operator, 3, 3)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    _rank(operator, source, MOST_SLICED_AXES)
    begin = rules.integers(graph, operator, 1, "positions", rules.INTEGERS)
    size = rules.integers(graph, operator, 2, "sizes", rules.INTEGERS)
    rules.require(
        len(begin) == len(size) == len(source.shape),
        operator,
        f"slices {len(source.shape)} axes by {len(begin)} and {len(size)}",
    )
    for start, count, length in zip(begin, size, source.shape, strict=True):
        rules.require(
            0 <= start <= length and -1 <= count <= length - start, operator, f"takes {count} from position {start} of {length}"
        )
    expected = tuple(len(positions) for positions in slice_ranges(begin, size, source.shape))
    rules.same_elements(operator, expected, graph.output_of(operator))


def strided_slice(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, StridedSliceOptions)
    rules.arity(operator, 4, 4)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    _rank(operator, source, MOST_STRIDED_AXES)
    rules.require(
        not options.ellipsis_mask and not options.new_axis_mask and not options.end_is_size,
        operator,
        "has an ellipsis, a new axis or sizes in place of ends",
        "TensorFlow Lite Micro ignores them; the TensorFlow Lite converter writes slices without.",
    )
    begin, end, strides = (
        rules.integers(graph, operator, position, what) for position, what in ((1, "beginnings"), (2, "ends"), (3, "strides"))
    )
    rank = len(source.shape)
    rules.require(
        len(begin) == len(end) == len(strides) == rank,
        operator,
        f"slices {rank} axes by {len(begin)}, {len(end)}, {len(strides)}",
    )
    shrunk = [strides[axis] for axis in range(rank) if options.shrink_axis_mask >> axis & 1]
    rules.require(0 not in strides and min(shrunk, default=1) > 0, operator, f"has the strides {strides}")
    ranges = strided_ranges(options, begin, end, strides, source.shape)
    rules.require(all(ranges), operator, "takes nothing")
    rules.same_elements(operator, kept_axes(ranges, options), graph.output_of(operator))


def split(graph: Graph, operator: Operator) -> None:
    """Equal parts along the axis at input 0."""
    _several(operator, 2)
    source = graph.input_of(operator, 1)
    rules.moves(graph, operator, source)
    parts = _parts(graph, operator, source, 0)
    rules.require(len(set(parts)) == 1, operator, f"splits into unequal parts {parts}")


def split_v(graph: Graph, operator: Operator) -> None:
    """Parts along the axis at input 2; the outputs' shapes say how large, as for the reference kernel."""
    _several(operator, 3)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    _parts(graph, operator, source, 2)


def unpack(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, StackOptions)
    _several(operator, 1)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    axis = rules.axis(operator, options.axis, len(source.shape))
    counts = {options.count, len(operator.outputs), source.shape[axis]}
    rules.require(len(counts) == 1, operator, f"takes {options.count} slices of {source.shape[axis]} apart")
    for index in operator.outputs:
        rules.same_elements(operator, source.shape[:axis] + source.shape[axis + 1 :], graph.tensors[index])


def gather(graph: Graph, operator: Operator) -> None:
    options = operator.options
    assert isinstance(options, GatherOptions)
    rules.arity(operator, 2, 2)
    source = graph.input_of(operator, 0)
    rules.moves(graph, operator, source)
    indices = rules.constant(graph, operator, 1, ("int32",), "indices")
    axis = rules.axis(operator, options.axis, len(source.shape))
    shared = options.shared(len(indices.shape))
    rules.require(
        0 <= shared <= min(axis, len(indices.shape)) and source.shape[:shared] == indices.shape[:shared],
        operator,
        f"has {options.batch_axes} batch axes for the shapes {list(source.shape)} and {list(indices.shape)}",
    )
    assert indices.data is not None
    rules.require(
        indices.data.size > 0 and 0 <= int(indices.data.min()) <= int(indices.data.max()) < source.shape[axis],
        operator,
        f"has indices outside 0 to {source.shape[axis] - 1}",
    )
    expected = source.shape[:axis] + indices.shape[shared:] + source.shape[axis + 1 :]
    rules.same_elements(operator, expected, graph.output_of(operator))


def _rank(operator: Operator, source: Tensor, most: int) -> None:
    rules.require(1 <= len(source.shape) <= most, operator, f"slices {len(source.shape)} axes; at most {most} are possible")


def _several(operator: Operator, inputs: int) -> None:
    rules.arity(operator, inputs, inputs, len(operator.outputs))
    rules.require(len(operator.outputs) >= 1, operator, "has no output")


def _parts(graph: Graph, operator: Operator, source: Tensor, position: int) -> list[int]:
    """The sizes of the outputs along the axis, shown to make up the input."""
    axes = rules.integers(graph, operator, position, "axis")
    rules.require(len(axes) == 1, operator, f"names {len(axes)} axes")
    axis = rules.axis(operator, axes[0], len(source.shape))
    outputs = [graph.tensors[index] for index in operator.outputs]
    for output in outputs:
        fits = len(output.shape) == len(source.shape) and all(
            output.shape[i] == size for i, size in enumerate(source.shape) if i != axis
        )
        rules.require(fits, operator, f"splits {list(source.shape)} into {list(output.shape)} along axis {axis}")
    parts = [output.shape[axis] for output in outputs]
    rules.require(sum(parts) == source.shape[axis], operator, f"splits {source.shape[axis]} into {parts}")
    return parts
