"""What the documentation says about operators is what the compiler does."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from export.check import CHECKS, check
from export.check.shapes import FILLS
from export.check.variables import RESOURCES
from export.coverage import COVERAGE, TIERS
from export.errors import InputError
from export.lower import LOWERINGS, lower
from export.read import OPTION_READERS, read_bytes
from export.reference import EXECUTORS
from tests.support.operators import FAMILIES, Case
from tests.support.stateful import stateful_graph

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def page_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_operators_page", ROOT / "docs" / "make_operators_page.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_stage_knows_every_operator() -> None:
    # Fills are evaluated, and variables resolved, before anything else looks at them.
    compiled = set(COVERAGE) - set(FILLS) - set(RESOURCES)
    assert compiled == set(CHECKS)
    assert compiled <= set(EXECUTORS) and compiled <= set(LOWERINGS)
    # REDUCE_PROD is for arithmetic on shapes alone.
    assert set(OPTION_READERS) <= set(COVERAGE) | {"REDUCE_PROD"}


def test_every_kernel_in_the_table_exists_and_none_is_left_out() -> None:
    kernels = {kernel for coverage in COVERAGE.values() for kernel in coverage.kernels}
    kernels |= {"an_take_turn", "an_push_row", "an_arrive", "an_stream_room", "an_move_down"}  # of segments, beside the kernels
    assert kernels == {path.stem for path in (ROOT / "firmware_templates" / "kernels").glob("an_*.c")}


def test_the_property_tests_reach_every_operator_and_kernel() -> None:
    """Nothing stands in the table that the families of operators, or the graphs with state, do not prove."""
    reached = {pair for seed in range(40) for pair in operators_and_kernels(stateful_graph(seed))}
    for strategy in FAMILIES.values():
        reached |= drawn(strategy())
    # Constants in disguise are tested with the arithmetic on shapes.
    compiled = {kind: coverage for kind, coverage in COVERAGE.items() if kind not in FILLS}
    promised = {(kind, kernel) for kind, coverage in compiled.items() for kernel in (*coverage.kernels, "")}
    assert promised - reached == set()


def drawn(strategy: Any) -> set[tuple[str, str]]:
    reached: set[tuple[str, str]] = set()

    @settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def draw(case: Case) -> None:
        reached.update(operators_and_kernels(case.model))

    draw()
    return reached


def operators_and_kernels(model: bytes) -> set[tuple[str, str]]:
    """The operators of a file, each with "", and with every kernel that it calls; none where the model is refused."""
    graph = read_bytes(model, "model", "model")
    graphs = (graph, *graph.subgraphs)
    try:
        checked = check(graph)
        calls = [call for tier in TIERS for call in lower(checked, tier).calls]
    except InputError:
        return set()
    kinds = {(operator.kind, "") for graph in graphs for operator in graph.operators}
    return kinds | {(call.operator.kind, call.kernel) for call in calls}


def test_the_page_is_up_to_date(page_maker: ModuleType) -> None:
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert page == page_maker.with_table(page), "run: python docs/make_operators_page.py"
