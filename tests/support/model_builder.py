"""Writes small ``.tflite`` files operator by operator, so that tests control every shape, scale and zero point."""

from __future__ import annotations

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(name): name.upper() for name in ("int8", "uint8", "int16", "int32", "int64", "float32", "bool")}
# Operators that TensorFlow Lite has only from a later version on.
VERSIONS = {"BROADCAST_TO": 2}


class ModelBuilder:
    """Tensors and operators are added in execution order; ``build`` returns the file's bytes."""

    def __init__(self) -> None:
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes = []
        self.model.buffers = [schema.BufferT()]
        self.model.subgraphs = []
        self.graph = self._subgraph()

    def tensor(self, shape: tuple[int, ...], scale: float, zero_point: int, name: str = "", dtype: str = "int8") -> int:
        """An activation; floats, wide integers and booleans have no quantization."""
        plain = dtype in ("float32", "int32", "int64", "bool")
        return self._tensor(tuple(shape), dtype.upper(), 0, *(None, []) if plain else ([scale], [zero_point]), 0, name)

    def constant(
        self, values: np.ndarray, scales: list[float] | None = None, zero_point: int = 0, axis: int = 0, name: str = ""
    ) -> int:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self.model.buffers.append(buffer)
        zero_points = [zero_point] * len(scales or [])
        return self._tensor(values.shape, TYPES[values.dtype], len(self.model.buffers) - 1, scales, zero_points, axis, name)

    def _tensor(self, shape: Any, dtype: str, buffer: int, scales: Any, zero_points: Any, axis: int, name: str) -> int:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), getattr(schema.TensorType, dtype), buffer
        tensor.name = name or f"t{len(self.graph.tensors)}"
        if scales:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = list(scales), list(zero_points)
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def variable(self, shape: tuple[int, ...], scale: float, zero_point: int, name: str = "", dtype: str = "int8") -> int:
        """A tensor that an operator updates in place."""
        index = self.tensor(shape, scale, zero_point, name, dtype)
        self.graph.tensors[index].isVariable = True
        return index

    def handle(self, name: str) -> int:
        """VAR_HANDLE: the resource variable ``name``."""
        handle = self._tensor((), "RESOURCE", 0, None, [], 0, "")
        return self.operator("VAR_HANDLE", [], handle, "VarHandleOptions", container="", sharedName=name)

    def assign(self, handle: int, value: int) -> None:
        self.operator("ASSIGN_VARIABLE", [handle, value], [], "AssignVariableOptions")

    def call_once(self, initial: dict[str, tuple[np.ndarray, float, int]]) -> None:
        """CALL_ONCE of a subgraph that assigns every variable its values, which have this scale and zero point."""
        caller, self.graph = self.graph, self._subgraph()
        for name, (values, scale, zero_point) in initial.items():
            self.assign(self.handle(name), self.constant(values, [scale], zero_point))
        self.graph, number = caller, len(self.model.subgraphs) - 1
        self.operator("CALL_ONCE", [], [], "CallOnceOptions", initSubgraphIndex=number)

    def operator(self, kind: str, inputs: list[int], output: Any, options: str | None = None, **fields: Any) -> Any:
        """``output`` is one tensor or a list of them, and is returned. ``options`` names the options table (Conv2DOptions …) of ``fields``."""
        code = getattr(schema.BuiltinOperator, kind)
        codes = [c.builtinCode for c in self.model.operatorCodes]
        if code not in codes:
            entry = schema.OperatorCodeT()
            entry.builtinCode, entry.deprecatedBuiltinCode, entry.version = code, min(code, 127), VERSIONS.get(kind, 1)
            self.model.operatorCodes.append(entry)
            codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = (
            codes.index(code),
            inputs,
            output if isinstance(output, list) else [output],
        )
        if options:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            operator.builtinOptions = getattr(schema, f"{options}T")()
            for name, value in fields.items():
                assert hasattr(operator.builtinOptions, name), name
                setattr(operator.builtinOptions, name, value)
        self.graph.operators.append(operator)
        return output

    def _subgraph(self) -> Any:
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.inputs, graph.outputs = [], [], [], []
        self.model.subgraphs.append(graph)
        return graph

    def build(self, inputs: list[int], outputs: list[int]) -> bytes:
        self.graph.inputs, self.graph.outputs = inputs, outputs
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


PADDING = {"SAME": schema.Padding.SAME, "VALID": schema.Padding.VALID}
ACTIVATION = {name: getattr(schema.ActivationFunctionType, name) for name in ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")}
