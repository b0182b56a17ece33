"""Random graphs through reading, checking, planning, rendering and a host compiler: the same bytes as TensorFlow Lite Micro."""

from pathlib import Path

import numpy as np
import pytest

from tests.fuzz import run
from tests.support.graphs import random_graph
from tests.support.oracle import tflm
from tests.support.projects import expected, render_case

COMPILED, REFERRED = 40, 150


@pytest.mark.parametrize("seed", range(COMPILED))
def test_compiled_graphs_equal_the_oracle(seed: int) -> None:
    _, kinds, failure = run(seed)
    assert kinds and failure is None, failure


def test_plans_are_sound_and_references_equal_the_oracle(tmp_path: Path) -> None:
    """Many more graphs, without a compiler: rendering one plans it, and the verifier replays every plan."""
    for seed in range(COMPILED, COMPILED + REFERRED):
        case = random_graph(seed)
        render_case(case, tmp_path / str(seed))
        oracle = b"".join(np.ascontiguousarray(values).tobytes() for values in tflm(case.model, case.inputs))
        assert expected(case) == oracle, seed
