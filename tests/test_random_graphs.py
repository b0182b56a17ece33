"""Random graphs through reading, checking, planning, rendering and a host compiler: the same bytes as TensorFlow Lite Micro."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from export.compile.host import compile_host_program
from tests.support.graphs import random_graph
from tests.support.oracle import tflm
from tests.support.projects import expected, payload, render_case

COMPILED, REFERRED = 16, 150


@pytest.mark.parametrize("seed", range(COMPILED))
def test_compiled_graphs_equal_the_oracle(seed: int, tmp_path: Path) -> None:
    case = random_graph(seed)
    render_case(case, tmp_path / "project")
    program = compile_host_program(tmp_path / "project", tmp_path / "program")
    done = subprocess.run([program], input=payload(case), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    oracle = b"".join(np.ascontiguousarray(values).tobytes() for values in tflm(case.model, case.inputs))
    assert done.stdout == expected(case) == oracle


def test_plans_are_sound_and_references_equal_the_oracle(tmp_path: Path) -> None:
    """Many more graphs, without a compiler: rendering one plans it, and the verifier replays every plan."""
    for seed in range(COMPILED, COMPILED + REFERRED):
        case = random_graph(seed)
        render_case(case, tmp_path / str(seed))
        oracle = b"".join(np.ascontiguousarray(values).tobytes() for values in tflm(case.model, case.inputs))
        assert expected(case) == oracle, seed
