"""Variables become states: a variable is a tensor at the start of an inference and another one at its end; in between nothing is assigned.

Resource variables (VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE, set up by the subgraph that CALL_ONCE names) and variable tensors, which an
operator updates in place, end up the same: READ_VARIABLE turns into a RESHAPE of what the variable is at that point, SVDF into an operator
with a second output.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..coverage import ANY_TYPE, COVERAGE
from ..errors import InputError
from ..graph import CallOnceOptions, Graph, Operator, Options, State, Tensor, VariableOptions, item_type
from . import rules

RESOURCES = ("CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE")
# Operator → the position of the variable tensor that it updates in place.
UPDATES = {"SVDF": 4}
UPDATED_TYPES = ("int8", "int16")
MAXIMUM_BYTES = 1 << 28


@dataclass
class _Variable:
    """``current`` is the tensor whose value the variable has; it starts as ``read``. ``initial`` is None until CALL_ONCE sets it."""

    name: str
    container: str
    read: int
    current: int
    initial: np.ndarray | None = None


def with_states(graph: Graph) -> Graph:
    """The graph without operators on resources and without tensors that are updated in place, but with ``states``."""
    stateful = any(operator.kind in (*RESOURCES, *UPDATES) for operator in graph.operators) or any(
        tensor.variable for tensor in graph.tensors
    )
    return _Resolution(graph).resolved() if stateful else graph


def require_values(graph: Graph, available: set[int]) -> None:
    """What a state becomes is computed, and of its size and type."""
    for state in graph.states:
        read, written = graph.tensors[state.read], graph.tensors[state.written]
        if state.written not in available or (written.elements, written.dtype) != (read.elements, read.dtype):
            raise InputError(
                f"The variable '{state.name}', {read.dtype} {list(read.shape)}, becomes '{written.name}', {written.dtype} {list(written.shape)}.",
                rules.EXPORT_AGAIN,
            )


class _Resolution:
    """One walk over the operators, in the order of execution."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._tensors = list(graph.tensors)
        self._computed = set(graph.inputs) | {tensor.index for tensor in graph.tensors if tensor.data is not None}
        self._variables: dict[str, _Variable] = {}
        self._handles: dict[int, VariableOptions] = {}
        self._touched = False
        # Variable tensors by index. What the caller or an operator writes before it is read is none, whatever it says.
        self._in_place: dict[int, _Variable] = {}
        computed = {*graph.inputs, *(index for operator in graph.operators for index in operator.outputs)}
        for operator in graph.operators:
            # What other operators read is not looked at: they are refused later, for what they are.
            read = operator.inputs if operator.kind in COVERAGE else ()
            for index in {i for i in read if i is not None} - {*computed, *self._in_place}:
                tensor = graph.tensors[index]
                if tensor.variable:
                    rules.require(tensor.data is None, operator, f"'{tensor.name}' is a constant and a variable at once")
                    self._in_place[index] = self._variable(operator, tensor.name, "", tensor, UPDATED_TYPES)

    def resolved(self) -> Graph:
        operators = [resolved for operator in self._graph.operators for resolved in self._resolve(operator)]
        states = [self._state(variable) for variable in (*self._variables.values(), *self._in_place.values())]
        kept = tuple(state for state in states if state.written != state.read)
        for state in states:
            if state.written == state.read:
                # Nothing ever changes it.
                self._tensors[state.read] = replace(self._tensors[state.read], data=state.initial)
        return replace(self._graph, tensors=tuple(self._tensors), operators=tuple(operators), states=kept, subgraphs=())

    def _resolve(self, operator: Operator) -> list[Operator]:
        if operator.kind == "CALL_ONCE":
            self._initialize(operator)
        elif operator.kind == "VAR_HANDLE":
            self._handle(operator, self._handles)
        elif operator.kind == "ASSIGN_VARIABLE":
            self._assign(operator)
        elif operator.kind == "READ_VARIABLE":
            rules.arity(operator, 1, 1)
            variable = self._named(operator, self._handles)
            self._computed |= set(operator.outputs)
            return [replace(operator, kind="RESHAPE", inputs=(variable.current,))]
        else:
            return [self._updated(operator)]
        return []

    def _updated(self, operator: Operator) -> Operator:
        """The operator with variable tensors as they are at this point; one that it updates becomes another output."""
        inputs = tuple(
            index if index is None or index not in self._in_place else self._in_place[index].current
            for index in operator.inputs
        )
        position = UPDATES.get(operator.kind, len(operator.inputs))
        target = operator.inputs[position] if position < len(operator.inputs) else None
        outputs = operator.outputs
        if target is not None:
            rules.require(target in self._in_place, operator, f"'{self._tensors[target].name}' is not a variable tensor")
            self._in_place[target].current = target
            outputs = (*outputs, target)
        self._computed |= set(outputs)
        return replace(operator, inputs=inputs, outputs=outputs)

    def _initialize(self, operator: Operator) -> None:
        """CALL_ONCE: what its subgraph assigns are initial values."""
        options = operator.options
        assert isinstance(options, CallOnceOptions)
        rules.arity(operator, 0, 0, outputs=0)
        rules.require(not self._touched, operator, "comes after variables were read or assigned")
        rules.require(1 <= options.subgraph <= len(self._graph.subgraphs), operator, f"calls the subgraph {options.subgraph}")
        subgraph = self._graph.subgraphs[options.subgraph - 1]
        handles: dict[int, VariableOptions] = {}
        for inner in subgraph.operators:
            if inner.kind == "VAR_HANDLE":
                self._handle(inner, handles)
                continue
            rules.require(inner.kind == "ASSIGN_VARIABLE", operator, f"calls a subgraph with {inner.kind} in it", _CONSTANTS)
            rules.arity(inner, 2, 2, outputs=0)
            value = subgraph.input_of(inner, 1)
            rules.require(value.data is not None, operator, "calls a subgraph that computes initial values", _CONSTANTS)
            variable = self._named(inner, handles, value)
            self._same_type(inner, variable, value)
            variable.initial = value.data

    def _handle(self, operator: Operator, handles: dict[int, VariableOptions]) -> None:
        options = operator.options
        assert isinstance(options, VariableOptions)
        rules.arity(operator, 0, 0)
        handles[operator.outputs[0]] = options

    def _assign(self, operator: Operator) -> None:
        rules.arity(operator, 2, 2, outputs=0)
        index = operator.inputs[1]
        assert index is not None
        value = self._tensors[index]
        rules.require(index in self._computed, operator, f"reads '{value.name}' before anything computes it")
        variable = self._named(operator, self._handles)
        self._same_type(operator, variable, value)
        variable.current = self._in_place[index].current if index in self._in_place else index

    def _named(self, operator: Operator, handles: dict[int, VariableOptions], value: Tensor | None = None) -> _Variable:
        """The variable that an operator reads or assigns. It is like the ``value`` that is given or, else, like the first one assigned."""
        handle = operator.inputs[0]
        if handle is None or handle not in handles:
            rules.refuse(operator, "its variable comes from no VAR_HANDLE", rules.EXPORT_AGAIN)
        options = handles[handle]
        self._touched |= value is None
        if options.name not in self._variables:
            value = value or self._first_value(options)
            rules.require(value is not None, operator, f"nothing assigns the variable '{options.name}'")
            assert value is not None
            self._variables[options.name] = self._variable(operator, options.name, options.container, value, ANY_TYPE)
        variable = self._variables[options.name]
        rules.require(
            options.container == variable.container,
            operator,
            f"there are two variables '{options.name}', in several containers",
        )
        return variable

    def _first_value(self, options: VariableOptions) -> Tensor | None:
        handles: dict[tuple[int | None, ...], Options] = {
            op.outputs[:1]: op.options for op in self._graph.operators if op.kind == "VAR_HANDLE"
        }
        for operator in self._graph.operators:
            if operator.kind == "ASSIGN_VARIABLE" and handles.get(operator.inputs[:1]) == options and len(operator.inputs) == 2:
                return self._graph.input_of(operator, 1)
        return None

    def _variable(self, operator: Operator, name: str, container: str, value: Tensor, types: tuple[str, ...]) -> _Variable:
        """A variable like ``value``, with a new tensor for what an inference finds in it."""
        rules.movable(value, operator, types)
        rules.require(value.bytes <= MAXIMUM_BYTES, operator, f"the variable '{name}' has {value.bytes} bytes")
        index = len(self._tensors)
        self._tensors.append(replace(value, index=index, name=name, data=None, variable=False))
        self._computed.add(index)
        return _Variable(name, container, index, index)

    def _same_type(self, operator: Operator, variable: _Variable, value: Tensor) -> None:
        kept = self._tensors[variable.read]
        rules.require(
            value.dtype == kept.dtype and (value.open or kept.open or value.elements == kept.elements),
            operator,
            f"assigns {value.dtype} {list(value.shape)} to the variable '{variable.name}', which is {kept.dtype} {list(kept.shape)}",
        )

    def _state(self, variable: _Variable) -> State:
        tensor = self._tensors[variable.read]
        initial = _default(tensor) if variable.initial is None else variable.initial
        implicit = variable.initial is None and variable.read not in {v.read for v in self._in_place.values()}
        return State(variable.name, initial.reshape(tensor.shape), variable.read, variable.current, implicit)


def _default(tensor: Tensor) -> np.ndarray:
    """What TensorFlow Lite Micro finds in a variable that nothing has set: every byte is the low one of the zero point."""
    zero_point = int(tensor.quantization.zero_point[0]) if tensor.quantization else 0
    return np.full(tensor.bytes, zero_point & 0xFF, np.uint8).view(item_type(tensor.dtype)).reshape(tensor.shape)


_CONSTANTS = "Only assignments of constants can be compiled there; initialize the model's variables with constants."
