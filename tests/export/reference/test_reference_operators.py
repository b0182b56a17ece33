"""The reference executor equals TensorFlow Lite Micro, and TensorFlow Lite's reference kernels, byte for byte."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.check import check
from export.read import read_bytes
from export.reference import predict
from tests.support.operators import FAMILIES
from tests.support.oracle import lite_reference, tflm


@pytest.mark.parametrize("family", FAMILIES)
def test_reference_equals_both_oracles(family: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = data.draw(FAMILIES[family]())
        graph = check(read_bytes(case.model, family, family))
        outputs = predict(graph, case.inputs)
        for ours, theirs in zip(outputs, tflm(case.model, case.inputs), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        if case.agree:
            for ours, theirs in zip(outputs, lite_reference(case.model, case.inputs), strict=True):
                np.testing.assert_array_equal(ours, theirs)

    holds()
