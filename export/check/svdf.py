"""SVDF: features of an input, remembered over some inferences and weighted by how long ago they were."""

from __future__ import annotations

import numpy as np

from ..graph import Graph, Operator, SvdfOptions
from ..requantization import svdf_factors
from . import rules

MEMORY_TYPES = ("int8", "int16")
LARGEST_BIAS_ERROR = 1e-5


def svdf(graph: Graph, operator: Operator) -> None:
    """Inputs: [batch, size], feature weights [filters, size], time weights [filters, memory], biases [units], the state [batch, filters * memory]."""
    rules.arity(operator, 5, 5, outputs=2)
    options = operator.options
    assert isinstance(options, SvdfOptions)
    source, output, state = graph.input_of(operator, 0), graph.output_of(operator), graph.input_of(operator, 4)
    rules.activation(source, operator)
    rules.activation(output, operator)
    features = rules.constant(graph, operator, 1, ("int8",), "feature weights")
    times = rules.constant(graph, operator, 2, MEMORY_TYPES, "time weights")
    rules.require(
        len(features.shape) == 2 and min(features.shape) >= 1, operator, f"has feature weights {list(features.shape)}"
    )
    filters, size = features.shape
    rules.require(
        len(times.shape) == 2 and times.shape[0] == filters and times.shape[1] >= 1,
        operator,
        f"has time weights {list(times.shape)}",
    )
    rules.require(options.rank >= 1 and filters % options.rank == 0, operator, f"has rank {options.rank} for {filters} filters")
    rules.require(
        len(source.shape) == 2 and source.shape[1] == size,
        operator,
        f"its input has the shape {list(source.shape)} for {size} weights per filter",
    )
    rules.same_elements(operator, (source.shape[0], filters // options.rank), output)
    rules.activation(state, operator, (times.dtype,))
    rules.require(
        state.shape == (source.shape[0], filters * times.shape[1]), operator, f"its state has the shape {list(state.shape)}"
    )
    rules.require(
        state.zero_point == 0,
        operator,
        f"its state has the zero point {state.zero_point}, not 0",
        "Versions of the reference kernel disagree about where such a state saturates; export it with a symmetric state.",
    )
    rules.weights(features, operator, 1, axis=0)
    rules.weights(times, operator, 1, axis=0)
    biases = rules.constant(graph, operator, 3, ("int32",), "biases")
    rules.require(
        biases.elements == filters // options.rank, operator, f"has {biases.elements} biases for {output.shape[1]} units"
    )
    error = (biases.quantization.scale[0] if biases.quantization else 0.0) - state.scale * times.scale
    rules.require(abs(float(error)) < LARGEST_BIAS_ERROR, operator, "its biases have another scale than its time weights")
    assert features.data is not None
    rules.accumulator(operator, np.abs(features.data.astype(np.int64)).sum(axis=1), np.zeros(filters, np.int64), source)
    for factor in svdf_factors(source, features, times, state, output):
        rules.factor(operator, factor)
