"""FULLY_CONNECTED."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model_builder import ACTIVATION, ModelBuilder
from .base import Case, activation_values, activations, channel_scales, random, usual_scales, zero_points


@st.composite
def fully_connected(draw: Any) -> Case:
    rows, channels = draw(st.sampled_from((1, 2, 3, 8))), draw(st.integers(1, 9))
    depth = draw(st.one_of(st.integers(1, 40), st.sampled_from((256, 257, 530))))
    shape = draw(st.sampled_from([(rows, depth), (rows, 1, 1, depth)]))
    builder = ModelBuilder()
    source_scale, weight_scales = draw(usual_scales), channel_scales(draw, channels)
    # Only weights with a single scale may have a zero point.
    weight_zero_point = draw(zero_points) if len(weight_scales) == 1 and draw(st.booleans()) else 0
    source = builder.tensor(shape, source_scale, draw(zero_points))
    weights = builder.constant(random(draw, -128, 127, (channels, depth), np.int8), weight_scales, weight_zero_point)
    operands = [source, weights]
    if draw(st.booleans()):
        # TensorFlow Lite Micro insists that the bias has the scale of the products, up to a share of the output's scale.
        bias_scales = [source_scale * scale for scale in weight_scales]
        operands.append(builder.constant(random(draw, -20000, 20000, (channels,), np.int32), bias_scales))
    output = builder.tensor((rows, channels), draw(usual_scales), draw(zero_points))
    builder.operator(
        "FULLY_CONNECTED", operands, output, "FullyConnectedOptions", fusedActivationFunction=ACTIVATION[draw(activations)]
    )
    # TensorFlow Lite rounds once here where TensorFlow Lite Micro rounds twice.
    return Case(builder.build([source], [output]), [activation_values(draw, shape)], agree=False)
