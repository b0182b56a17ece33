"""The reference executor equals TensorFlow Lite Micro, and TensorFlow Lite's reference kernels, byte for byte."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from export.check import check
from export.errors import InputError
from export.graph import Graph
from export.read import read_bytes
from export.reference import predict
from tests.support.operators import FAMILIES
from tests.support.oracle import lite_reference, tflm


def checked(model: bytes) -> Graph:
    """The graph; scales that the check stage refuses as out of range prove nothing here."""
    try:
        return check(read_bytes(model, "model", "model"))
    except InputError as error:
        assume("out of range" not in error.message and "too small for its inputs" not in error.message)
        assume("clamps with the scale" not in error.message)
        assume("do not broadcast over at most four axes" not in error.message)
        assume("depend on the last bit" not in error.message)
        raise


def words(values: np.ndarray) -> np.ndarray:
    """Floats by their bits, in which the zeros differ."""
    return values.view(np.uint32) if values.dtype == np.float32 else values


@pytest.mark.parametrize("family", FAMILIES)
def test_reference_equals_both_oracles(family: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = data.draw(FAMILIES[family]())
        graph = checked(case.model)
        outputs = predict(graph, case.inputs)
        if case.micro:
            for ours, theirs in zip(outputs, tflm(case.model, case.inputs), strict=True):
                np.testing.assert_array_equal(*map(words, (ours, theirs)))
        if case.agree:
            for ours, theirs in zip(outputs, lite_reference(case.model, case.inputs), strict=True):
                np.testing.assert_array_equal(*map(words, (ours, theirs)))

    holds()
