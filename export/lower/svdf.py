"""SVDF → an_svdf_state, which makes the new state, and an_svdf, which makes the output from it."""

from __future__ import annotations

import numpy as np

from ..fixed_point import quantize_multiplier
from ..graph import Graph, Operator, SvdfOptions, item_type
from ..requantization import svdf_factors
from .call import Call, Constant, weight_constant


def svdf(graph: Graph, operator: Operator) -> list[Call]:
    options = operator.options
    assert isinstance(options, SvdfOptions)
    source, features, times, _, state = (graph.input_of(operator, position) for position in range(5))
    output, new_state = (graph.tensors[index] for index in operator.outputs)
    assert features.data is not None and times.data is not None
    batches, size = source.shape
    filters, memory = times.shape
    units = filters // options.rank
    first, second = (
        dict(zip(("multiplier", "shift"), quantize_multiplier(factor), strict=True))
        for factor in svdf_factors(source, features, times, state, output)
    )
    item = item_type(state.dtype)
    limits = np.iinfo(item)
    return [
        Call(
            operator,
            "an_svdf_state",
            (source.index, state.index),
            new_state.index,
            {
                "batches": batches,
                "input_size": size,
                "filters": filters,
                "memory": memory,
                "item_bytes": item.itemsize,
                "input_zero_point": source.zero_point,
                "state_min": int(limits.min),
                "state_max": int(limits.max),
                **first,
            },
            (weight_constant(features.data, "filter, input"),),
            macs=batches * filters * size,
        ),
        Call(
            operator,
            "an_svdf",
            (new_state.index,),
            output.index,
            {
                "batches": batches,
                "units": units,
                "unit_size": options.rank * memory,
                "item_bytes": item.itemsize,
                "output_zero_point": output.zero_point,
                **second,
            },
            (
                Constant(
                    "time_weights",
                    f"filter, memory; items of {item.itemsize} bytes, little endian",
                    "int8_t",
                    np.frombuffer(times.data.astype(item).tobytes(), np.int8),
                ),
                Constant("biases", "per unit", "int32_t", _biases(graph, operator)),
            ),
            macs=batches * filters * memory,
        ),
    ]


def _biases(graph: Graph, operator: Operator) -> np.ndarray:
    values = graph.input_of(operator, 3).data
    assert values is not None
    return values.reshape(-1).astype(np.int64)
