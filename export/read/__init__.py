"""Stage 1, read: ``.tflite`` bytes → Graph. Refuses what is not a well-formed TensorFlow Lite model; judges nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..graph import ITEM_TYPES, CallOnceOptions, Graph, Operator, Options, Quantization, Tensor
from . import (
    activation,
    batch_matmul,
    convolution,
    elementwise,
    fully_connected,
    movement,
    normalization,
    pooling,
    rearrangement,
    reduction,
    resize,
    slicing,
    softmax,
    svdf,
    variables,
)
from .flatbuffer import (
    MAXIMUM_RANK,
    TYPE_NAMES,
    Budget,
    DamagedError,
    array,
    damage_reported,
    integers,
    named,
    open_model,
    text,
)
from .kinds import kind_of, operator_kinds

__all__ = ["OPTION_READERS", "file_content", "operator_kinds", "read_bytes"]

LARGEST_FILE = 1 << 28

OPTION_READERS: dict[str, Callable[[Any], Options]] = {
    "CONV_2D": convolution.conv_2d,
    "DEPTHWISE_CONV_2D": convolution.depthwise_conv_2d,
    "TRANSPOSE_CONV": convolution.transpose_conv,
    "FULLY_CONNECTED": fully_connected.fully_connected,
    "BATCH_MATMUL": batch_matmul.batch_matmul,
    "AVERAGE_POOL_2D": pooling.pool_2d,
    "MAX_POOL_2D": pooling.pool_2d,
    "ADD": elementwise.add,
    "MUL": elementwise.mul,
    "MEAN": reduction.reduction,
    "SUM": reduction.reduction,
    "REDUCE_MAX": reduction.reduction,
    "REDUCE_MIN": reduction.reduction,
    "REDUCE_PROD": reduction.reduction,
    "CUMSUM": reduction.cumsum,
    "SUB": elementwise.sub,
    "DIV": elementwise.div,
    "MINIMUM": elementwise.unfused,
    "MAXIMUM": elementwise.unfused,
    "SQUARED_DIFFERENCE": elementwise.unfused,
    "PRELU": elementwise.unfused,
    "LEAKY_RELU": activation.leaky_relu,
    "RESIZE_NEAREST_NEIGHBOR": resize.resize_nearest_neighbor,
    "RESIZE_BILINEAR": resize.resize_bilinear,
    "CONCATENATION": movement.concatenation,
    "SQUEEZE": movement.squeeze,
    "PACK": movement.pack,
    "MIRROR_PAD": movement.mirror_pad,
    "UNPACK": slicing.unpack,
    "STRIDED_SLICE": slicing.strided_slice,
    "GATHER": slicing.gather,
    "SPACE_TO_DEPTH": rearrangement.space_to_depth,
    "DEPTH_TO_SPACE": rearrangement.depth_to_space,
    "SOFTMAX": softmax.softmax,
    "L2_NORMALIZATION": normalization.l2_normalization,
    "SVDF": svdf.svdf,
    "CALL_ONCE": variables.call_once,
    "VAR_HANDLE": variables.var_handle,
}


def file_content(path: Path) -> bytes:
    """The bytes of a model file.

    Raises InputError where it is missing, unreadable, no regular file, or larger than any microcontroller's memory.
    """
    hint = "Pass the path of a .tflite file."
    try:
        if not path.is_file():
            raise InputError(f"Cannot read {path}: {'not a regular file' if path.exists() else 'no such file'}.", hint)
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path} is {path.stat().st_size:,} bytes long; no microcontroller holds that.", hint)
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}.", hint) from error


def read_bytes(content: bytes, source: str, name: str) -> Graph:
    """Read a model; ``source`` is what error messages call it, ``name`` what the graph is called, a C identifier.

    Raises InputError where it is not a TensorFlow Lite model, or damaged.
    """
    model = open_model(content, source)
    with damage_reported(source):
        return _graph(model, Budget(len(content)), name)


def _graph(model: Any, budget: Budget, name: str) -> Graph:
    if model.SubgraphsLength() < 1:
        raise DamagedError("it has no subgraph")
    budget.spend(model.OperatorCodesLength(), "operator codes")
    kinds = [kind_of(model.OperatorCodes(i), budget) for i in range(model.OperatorCodesLength())]
    graph = _subgraph(model, 0, kinds, budget, name)
    if not any(isinstance(operator.options, CallOnceOptions) for operator in graph.operators):
        return graph
    budget.spend(16 * model.SubgraphsLength(), "subgraphs")
    others = (_subgraph(model, i, kinds, budget, f"{name}_{i}") for i in range(1, model.SubgraphsLength()))
    return replace(graph, subgraphs=tuple(others))


def _subgraph(model: Any, number: int, kinds: list[str], budget: Budget, name: str) -> Graph:
    subgraph = model.Subgraphs(number)
    budget.spend(16 * subgraph.TensorsLength(), "tensors")
    budget.spend(16 * subgraph.OperatorsLength(), "operators")
    tensors = tuple(_tensor(model, subgraph.Tensors(i), i, budget) for i in range(subgraph.TensorsLength()))
    operators = tuple(_operator(subgraph.Operators(i), i, kinds, tensors, budget) for i in range(subgraph.OperatorsLength()))
    inputs = _indices(integers(subgraph, "Inputs", budget), tensors, "model input")
    outputs = _indices(integers(subgraph, "Outputs", budget), tensors, "model output")
    return Graph(name, tensors, operators, inputs, outputs)


def _tensor(model: Any, table: Any, index: int, budget: Budget) -> Tensor:
    shape = integers(table, "Shape", budget)
    dtype = named(TYPE_NAMES, table.Type(), "tensor type")
    name = text(table.Name(), budget) or f"tensor_{index}"
    if len(shape) > MAXIMUM_RANK or any(size < 0 for size in shape):
        raise DamagedError(f"tensor {index} ({name}) has the shape {list(shape)}")
    data = _data(model, table, shape, dtype, budget)
    open_sizes = -1 in integers(table, "ShapeSignature", budget)
    quantization = _quantization(table.Quantization(), budget)
    return Tensor(index, name, shape, dtype, quantization, data, open_sizes, bool(table.IsVariable()))


def _quantization(table: Any, budget: Budget) -> Quantization | None:
    # The reference reads neither without the other: scales without zero points count as none.
    if table is None or table.ScaleLength() == 0 or table.ZeroPointLength() == 0:
        return None
    scale = array(table, "Scale", budget, np.float32)
    zero_point = array(table, "ZeroPoint", budget, np.int64)
    return Quantization(scale, zero_point, table.QuantizedDimension())


def _data(model: Any, table: Any, shape: tuple[int, ...], dtype: str, budget: Budget) -> np.ndarray | None:
    """The values of a constant. Types the compiler has no use for stay raw bytes: the check stage refuses them by name."""
    if table.Buffer() >= model.BuffersLength():
        raise DamagedError(f"buffer {table.Buffer()} does not exist")
    buffer = model.Buffers(table.Buffer())
    if buffer.Offset() > 1:
        raise InputError("The model keeps its weights outside the flatbuffer.", "Export it as a single file under 2 GB.")
    if buffer.DataLength() == 0:
        # A shape of rank 0 is a constant without elements.
        return np.empty(shape, ITEM_TYPES[dtype]) if 0 in shape and table.Buffer() and dtype in ITEM_TYPES else None
    raw = array(buffer, "Data", budget, np.uint8)
    if dtype not in ITEM_TYPES:
        return raw
    values: np.ndarray = raw.view(ITEM_TYPES[dtype])
    elements = 1
    for size in shape:
        elements *= size
    if values.size != elements:
        raise DamagedError(f"a constant of shape {list(shape)} and type {dtype} has {raw.size} bytes")
    return values.reshape(shape)


def _operator(table: Any, index: int, kinds: list[str], tensors: tuple[Tensor, ...], budget: Budget) -> Operator:
    if not 0 <= table.OpcodeIndex() < len(kinds):
        raise DamagedError(f"operator {index} has the unknown code {table.OpcodeIndex()}")
    kind = kinds[table.OpcodeIndex()]
    optional = integers(table, "Inputs", budget)
    inputs = tuple(None if value == -1 else _indices((value,), tensors, f"input of operator {index}")[0] for value in optional)
    outputs = _indices(integers(table, "Outputs", budget), tensors, f"output of operator {index}")
    name = tensors[outputs[0]].name.split(";")[0] if outputs else f"operator_{index}"
    reader = OPTION_READERS.get(kind)
    return Operator(index, kind, name, inputs, outputs, reader(table) if reader else None)


def _indices(values: tuple[int, ...], tensors: tuple[Tensor, ...], what: str) -> tuple[int, ...]:
    for value in values:
        if not 0 <= value < len(tensors):
            raise DamagedError(f"{what} names tensor {value} of {len(tensors)}")
    return values
