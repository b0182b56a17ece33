"""The self-test: an input that firmware and host make alike from a seed, and the CRC-32 of what the model makes of it.

So a slow or one-way connection, or a script of an emulator, can prove a firmware with a dozen bytes instead of an image.
"""

from __future__ import annotations

import zlib

import numpy as np

from .graph import Graph, item_type
from .plan.plan import Quantized
from .reference import execute

SEED = 1
"""The seed of the test that a project carries with it."""


def takes_noise(inputs: tuple[Quantized, ...]) -> bool:
    """Whether every pattern of bytes is a valid input: else the input is zeros whatever the seed."""
    return all(value.dtype in ("int8", "uint8") for value in inputs)


def make_input(inputs: tuple[Quantized, ...], seed: int) -> bytes:
    """All input tensors, concatenated: the high bytes of a linear congruential generator (Numerical Recipes' constants)."""
    size = sum(value.bytes for value in inputs)
    if not takes_noise(inputs):
        return bytes(size)
    made = bytearray()
    for _ in range(size):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        made.append(seed >> 24)
    return bytes(made)


def expected_crc(graph: Graph, seed: int = SEED) -> int:
    """What firmware of the checked model ``graph`` must answer, by the reference executor; a state is at its start."""
    inputs = tuple(Quantized.of(graph.tensors[index]) for index in graph.inputs)
    made = make_input(inputs, seed)
    arrays, start = [], 0
    for value in inputs:
        part = np.frombuffer(made[start : start + value.bytes], item_type(value.dtype))
        arrays.append(part.reshape(value.shape))
        start += value.bytes
    values = execute(graph, arrays, [state.initial for state in graph.states])
    return zlib.crc32(b"".join(np.ascontiguousarray(values[index]).tobytes() for index in graph.outputs))
