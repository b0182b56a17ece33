"""Random models as rendered projects, and the same bytes through the reference executor."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from export.boards import default_board
from export.build import compile_plan
from export.check import check
from export.plan import Plan
from export.read import read_bytes
from export.reference import predict
from export.render import render

from .operators import Case


def render_case(case: Case, directory: Path, target: str = "cortex-m4") -> Plan:
    board = default_board(target)
    plan = compile_plan(read_bytes(case.model, "test model", "case_model"), board, (), "0" * 64)
    directory.mkdir(parents=True)
    render(plan, directory)
    return plan


def payload(case: Case) -> bytes:
    return b"".join(values.tobytes() for values in case.inputs)


def expected(case: Case) -> bytes:
    outputs = predict(check(read_bytes(case.model, "test model", "case_model")), case.inputs)
    return b"".join(np.ascontiguousarray(values).tobytes() for values in outputs)
