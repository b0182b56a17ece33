"""Channels whose value is known at build time, or that nobody needs, and the weights that make and read them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..decision import Decision
from ..graph import Graph, Operator, Quantization, Tensor
from .channels import PADDING, Known, constant_channels, foldable, is_dense, taps, ties
from .liveness import Kept, kept_channels
from .rewrite import WEIGHTED, Rewrite, macs, readers, saving, weight_bytes

# These put a value of their own around the image.
BORDERED = PADDING | {"DEPTHWISE_CONV_2D"}


def dead_channels(graph: Graph) -> Rewrite:
    """Constant channels move into the biases of those who read them; with them go the weights on both sides.

    The sum of a bias and what it takes over stays within the bound on the accumulator that the check stage has shown: that bound counts every
    tap at its largest possible input.
    """
    known = constant_channels(graph)
    kept = kept_channels(graph, known)
    remaining = _remaining(graph, known, kept)
    if all(kept[index].all() for operator in graph.operators for index in operator.outputs if index in kept):
        return Rewrite(graph, kept=remaining)
    rewriter = _Rewriter(graph, known, kept)
    operators = tuple(rewriter.rewritten(operator) for operator in graph.operators)
    result = replace(graph, tensors=tuple(rewriter.tensors), operators=operators)
    done = [
        _decision(graph, before, result, after)
        for before, after in zip(graph.operators, operators, strict=True)
        if before.kind in WEIGHTED and before is not after
    ]
    return Rewrite(result, tuple(done), remaining)


class _Rewriter:
    """New tensors with the channels that stay, beside the old ones."""

    def __init__(self, graph: Graph, known: dict[int, Known], kept: Kept) -> None:
        self.graph, self.known, self.kept = graph, known, kept
        self.tensors = list(graph.tensors)
        self._reduced: dict[int, int] = {}

    def rewritten(self, operator: Operator) -> Operator:
        inputs: list[int | None]
        if operator.kind in WEIGHTED:
            source, output = self._stays(operator.inputs[0]), self._stays(operator.outputs[0])
            if source.all() and output.all():
                return operator
            inputs = [self._channels_of(operator.inputs[0]), *self._weights(operator, source, output)]
        else:
            inputs = [self._channels_of(index) for index in operator.inputs]
        outputs = [self._channels_of(index) for index in operator.outputs]
        if inputs == list(operator.inputs) and outputs == list(operator.outputs):
            return operator
        if operator.kind == "RESHAPE":
            inputs = inputs[:1]
        return replace(operator, inputs=tuple(inputs), outputs=tuple(index for index in outputs if index is not None))

    def _stays(self, index: int | None) -> np.ndarray:
        assert index is not None
        return self.kept.get(index, np.ones(1, bool))

    def _channels_of(self, index: int | None) -> int | None:
        """The tensor with the channels that stay: a new one where some go."""
        if index is None or index not in self.kept or self.kept[index].all():
            return index
        if index not in self._reduced:
            tensor, mask = self.graph.tensors[index], self.kept[index]
            data = None if tensor.data is None else np.ascontiguousarray(tensor.data[..., mask])
            self._reduced[index] = self._add(tensor, (*tensor.shape[:-1], int(mask.sum())), data, tensor.quantization)
        return self._reduced[index]

    def _add(self, tensor: Tensor, shape: tuple[int, ...], data: np.ndarray | None, quantization: Quantization | None) -> int:
        self.tensors.append(replace(tensor, index=len(self.tensors), shape=shape, data=data, quantization=quantization))
        return len(self.tensors) - 1

    def _weights(self, operator: Operator, source: np.ndarray, output: np.ndarray) -> list[int | None]:
        """Weights and biases of the channels that stay, the others' constants added to the biases.

        Only dense and depthwise operators come here: grouped convolutions keep all their channels.
        """
        tensor = self.graph.input_of(operator, 1)
        data, quantization = tensor.data, tensor.quantization
        assert data is not None and quantization is not None
        biases = self.graph.biases_of(operator, output.size)
        if is_dense(self.graph, operator):
            # The columns behind a flattened image repeat its channels.
            data = data[output][..., np.resize(source, data.shape[-1])]
            biases = biases + self._folded(operator, source)
        else:
            data = data[..., output]
        if quantization.scale.size > 1:
            points = quantization.zero_point
            points = points[output] if points.size > 1 else points
            quantization = replace(quantization, scale=quantization.scale[output], zero_point=points)
        weights = self._add(tensor, data.shape, np.ascontiguousarray(data), quantization)
        bias = self.graph.optional_input_of(operator, 2)
        if bias is None and not biases[output].any():
            return [weights]
        bias = bias or Tensor(0, f"{operator.name}/bias", (), "int32")
        return [weights, self._add(bias, (int(output.sum()),), biases[output].astype(np.int32), None)]

    def _folded(self, operator: Operator, source: np.ndarray) -> np.ndarray:
        """What the channels that go add to every sum of a dense operator: int64 [output channels]."""
        tensor = self.graph.input_of(operator, 0)
        known = self.known[tensor.index]
        constant = np.where(
            ~source & foldable(self.graph, operator, known), known.value.astype(np.int64) - tensor.zero_point, 0
        )
        return taps(self.graph, operator).sum(axis=1) @ constant


def _decision(graph: Graph, before: Operator, result: Graph, after: Operator) -> Decision:
    (old_in, old_out), (new_in, new_out) = _depths(graph, before), _depths(result, after)
    saved = saving(macs(graph, before) - macs(result, after), weight_bytes(graph, before) - weight_bytes(result, after))
    reason = "the others are constant or never read; constants moved into biases"
    return Decision(before.name, f"{new_in} to {new_out} channels", f"{old_in} to {old_out} channels", reason, saved)


def _depths(graph: Graph, operator: Operator) -> tuple[int, int]:
    return graph.input_of(operator, 0).shape[-1], graph.output_of(operator).shape[-1]


def _remaining(graph: Graph, known: dict[int, Known], kept: Kept) -> tuple[Decision, ...]:
    """Constant channels of weighted operators that must stay, and who needs them."""
    reading = readers(graph)
    found = []
    for operator in graph.operators:
        if operator.kind not in WEIGHTED or operator.outputs[0] not in kept:
            continue
        index = operator.outputs[0]
        dead = known[index].mask & kept[index]
        if dead.any():
            reason = "it leaves the model" if index in graph.results else "no tensor can be without channels"
            reasons = (_reason(graph, reader, index, dead, known, kept) for reader in reading.get(index, []))
            reason = next((text for text in reasons if text), reason)
            count = f"dropping {int(dead.sum())} constant channels"
            found.append(Decision(operator.name, "kept", count, reason, "nothing"))
    return tuple(found)


def _reason(graph: Graph, reader: Operator, index: int, dead: np.ndarray, known: dict[int, Known], kept: Kept) -> str | None:
    """Why a reader needs constant channels of the tensor; None where it does not."""
    if is_dense(graph, reader):
        needs = taps(graph, reader)[kept[reader.outputs[0]]].any(axis=(0, 1)) & ~foldable(graph, reader, known[index])
        return f"their constant is not what {reader.name} ({reader.kind}) pads" if (needs & dead).any() else None
    tied = ties(graph, reader)
    if tied is None or index not in tied:
        return f"{reader.name} ({reader.kind}) needs every channel"
    mapping, output = tied[index], reader.outputs[0]
    needed = (mapping >= 0) & dead[mapping] & kept[output]
    if not needed.any():
        return None
    if reader.kind in BORDERED and not known[output].mask[needed].all():
        return f"their constant is not what {reader.name} ({reader.kind}) pads"
    return f"{reader.name} ({reader.kind}) keeps them"
