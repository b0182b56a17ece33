"""BATCH_MATMUL."""

from typing import Any

import tflite

from ..graph import BatchMatmulOptions
from .flatbuffer import options_of


def batch_matmul(operator: Any) -> BatchMatmulOptions:
    options = options_of(operator, tflite.BatchMatMulOptions)
    return BatchMatmulOptions(adj_x=bool(options.AdjX()), adj_y=bool(options.AdjY()))
