"""Stage 2, check: every operator, type, quantization scheme and shape is one that can be compiled exactly.

Later stages rely on it: whatever passes here has consistent shapes, present operands and in-range quantization.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..by_type import by_type
from ..coverage import BOUNDARY_TYPES, COVERAGE
from ..errors import InputError
from ..graph import Graph, Operator
from . import (
    activation,
    batch_matmul,
    comparison,
    convolution,
    elementwise,
    floating,
    fully_connected,
    movement,
    normalization,
    pooling,
    rearrangement,
    reduction,
    resize,
    rules,
    slicing,
    softmax,
    svdf,
)
from .shapes import known_integers, with_constants
from .variables import require_values, with_states

CHECKS: dict[str, Callable[[Graph, Operator], None]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "TRANSPOSE_CONV": convolution.transpose_conv,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "BATCH_MATMUL": batch_matmul.batch_matmul,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
    "ADD": by_type(elementwise.add, floating.binary),
    "MUL": by_type(elementwise.mul, floating.binary),
    "MEAN": reduction.total,
    "SUM": reduction.total,
    "REDUCE_MAX": reduction.extreme,
    "REDUCE_MIN": reduction.extreme,
    "ARG_MAX": reduction.arg_extreme,
    "ARG_MIN": reduction.arg_extreme,
    "CUMSUM": reduction.cumsum,
    "ADD_N": reduction.add_n,
    "SUB": by_type(elementwise.sub, floating.binary),
    "SQUARED_DIFFERENCE": by_type(elementwise.squared_difference, floating.binary),
    "PRELU": by_type(elementwise.prelu, floating.binary),
    "MINIMUM": by_type(elementwise.minimum_maximum, floating.binary),
    "MAXIMUM": by_type(elementwise.minimum_maximum, floating.binary),
    "GREATER": comparison.compare,
    "GREATER_EQUAL": comparison.compare,
    "LESS": comparison.compare,
    "LESS_EQUAL": comparison.compare,
    "EQUAL": comparison.compare,
    "NOT_EQUAL": comparison.compare,
    "LOGICAL_AND": comparison.logical,
    "LOGICAL_OR": comparison.logical,
    "LOGICAL_NOT": comparison.logical_not,
    "SELECT_V2": comparison.select,
    "CAST": activation.cast,
    "DIV": floating.binary,
    "NEG": floating.unary,
    "SQUARE": floating.unary,
    "FLOOR": floating.unary,
    "CEIL": floating.unary,
    "ROUND": floating.unary,
    "SQRT": floating.unary,
    "LOGISTIC": activation.logistic,
    "RELU": by_type(activation.rescaling, floating.unary),
    "RELU6": by_type(activation.relu6, floating.unary),
    "RELU_N1_TO_1": activation.relu_1,
    "RELU_0_TO_1": activation.relu_1,
    "TANH": activation.tanh,
    "HARD_SWISH": by_type(activation.hard_swish, floating.unary),
    "LEAKY_RELU": by_type(activation.leaky_relu, floating.unary),
    "ELU": activation.elu,
    "ABS": by_type(activation.rescaling, floating.unary),
    "RSQRT": by_type(activation.rsqrt, floating.unary),
    "QUANTIZE": activation.quantize,
    "DEQUANTIZE": activation.dequantize,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "RESIZE_BILINEAR": resize.resize_bilinear,
    "PAD": movement.pad,
    "PADV2": movement.pad_v2,
    "RESHAPE": movement.reshape,
    "CONCATENATION": movement.concatenation,
    "SQUEEZE": movement.squeeze,
    "EXPAND_DIMS": movement.expand_dims,
    "PACK": movement.pack,
    "MIRROR_PAD": movement.mirror_pad,
    "UNPACK": slicing.unpack,
    "SPLIT": slicing.split,
    "SPLIT_V": slicing.split_v,
    "SLICE": slicing.slice_,
    "STRIDED_SLICE": slicing.strided_slice,
    "GATHER": slicing.gather,
    "TRANSPOSE": rearrangement.transpose,
    "REVERSE_V2": rearrangement.reverse,
    "BROADCAST_TO": rearrangement.broadcast_to,
    "SPACE_TO_DEPTH": rearrangement.space_to_depth,
    "DEPTH_TO_SPACE": rearrangement.depth_to_space,
    "SPACE_TO_BATCH_ND": rearrangement.space_to_batch,
    "BATCH_TO_SPACE_ND": rearrangement.batch_to_space,
    "SOFTMAX": softmax.softmax,
    "LOG_SOFTMAX": softmax.log_softmax,
    "L2_NORMALIZATION": normalization.l2_normalization,
    "SVDF": svdf.svdf,
}


def check(graph: Graph) -> Graph:
    """The graph with its variables resolved to states, its shape arithmetic evaluated and open sizes filled in.

    Raises InputError naming the operator, the layer, the reason and what to do.
    """
    graph = with_states(graph)
    _boundaries(graph)
    available = set(graph.sources) | {tensor.index for tensor in graph.tensors if tensor.data is not None}
    operators = []
    for operator in graph.operators:
        for output in operator.outputs:
            rules.require(output not in available, operator, f"writes '{graph.tensors[output].name}' a second time")
        values = known_integers(graph, operator, _checked)
        if values is not None:
            graph = with_constants(graph, operator, values)
            available |= set(operator.outputs)
            continue
        operators.append(operator)
        if operator.kind not in CHECKS:
            rules.refuse(operator, "this operator is not supported", f"Supported operators: {', '.join(sorted(COVERAGE))}.")
        for index in operator.inputs:
            if index is not None and index not in available:
                rules.refuse(
                    operator, f"reads '{graph.tensors[index].name}' before anything computes it", "Export the model again."
                )
        graph = _checked(graph, operator)
        available |= set(operator.outputs)
    for index in graph.outputs:
        if index not in available:
            raise InputError(f"No operator computes the model output '{graph.tensors[index].name}'.", "Export the model again.")
    require_values(graph, available)
    return replace(graph, operators=tuple(operators))


def _checked(graph: Graph, operator: Operator) -> Graph:
    """The graph, in which outputs whose sizes were left open have the shape that the operator's inputs give."""
    try:
        CHECKS[operator.kind](graph, operator)
        return graph
    except rules.ShapeDiffersError as error:
        if not graph.tensors[error.tensor].open or min(error.expected, default=1) < 1:
            raise
        tensors = list(graph.tensors)
        tensors[error.tensor] = replace(tensors[error.tensor], shape=error.expected, open=False)
        return _checked(replace(graph, tensors=tuple(tensors)), operator)


def _boundaries(graph: Graph) -> None:
    """Inputs and outputs of the model: of a type that fits somewhere and of a fixed shape; inputs that are distinct and no constants."""
    if not graph.operators or not graph.inputs or not graph.outputs:
        raise InputError("The model has no operators, no inputs or no outputs.", "Export the model again.")
    floating = _computes_floats(graph)
    for index in (*graph.inputs, *graph.outputs):
        tensor = graph.tensors[index]
        if tensor.dtype == "float32" and floating:
            kind = (
                "dynamic-range quantized" if any(t.dtype == "int8" and t.data is not None for t in graph.tensors) else "float"
            )
            raise InputError(
                f"The model is {kind}: '{tensor.name}' is float32.",
                "Convert it with full-integer quantization: inference_input_type and inference_output_type int8, and a representative data set.",
            )
        if tensor.dtype not in BOUNDARY_TYPES:
            raise InputError(
                f"The model's '{tensor.name}' is {tensor.dtype}; inputs and outputs can be {', '.join(BOUNDARY_TYPES)}.",
                "Convert it with int8 input and output.",
            )
        if any(size < 1 for size in tensor.shape):
            raise InputError(
                f"The model's '{tensor.name}' has the dynamic shape {list(tensor.shape)}.",
                "Export with a fixed input shape and batch size 1.",
            )
    for index in graph.inputs:
        if graph.tensors[index].data is not None:
            raise InputError(f"The model input '{graph.tensors[index].name}' is a constant.", "Export the model again.")
    if len(set(graph.inputs)) != len(graph.inputs):
        raise InputError("The model lists the same tensor twice among its inputs.", "Export the model again.")


def _computes_floats(graph: Graph) -> bool:
    """Whether the model as a whole is not an integer one: an operator that is compiled for integers alone works on floats."""
    if any(operator.kind in ("QUANTIZE", "DEQUANTIZE") for operator in graph.operators):
        return False
    for operator in graph.operators:
        coverage = COVERAGE.get(operator.kind)
        touched = {graph.tensors[index].dtype for index in (*operator.inputs, *operator.outputs) if index is not None}
        if "float32" in touched and (coverage is None or "float32" not in (*coverage.reads, *coverage.writes)):
            return True
    return False
