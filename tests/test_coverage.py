"""What the documentation says about operators is what the compiler does."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from export.check import CHECKS
from export.check.shapes import FILLS
from export.check.variables import RESOURCES
from export.coverage import COVERAGE
from export.lower import LOWERINGS
from export.read import OPTION_READERS
from export.reference import EXECUTORS

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
    assert kernels == {path.stem for path in (ROOT / "firmware_templates" / "kernels").glob("an_*.c")}


def test_the_page_is_up_to_date(page_maker: ModuleType) -> None:
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert page == page_maker.with_table(page), "run: python docs/make_operators_page.py"
