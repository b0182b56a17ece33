"""The rules of dependency between the packages, and what a user may count on at start-up."""

import ast
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.classifier import write_classifier, write_images

ROOT = Path(__file__).parents[1]
HEAVY = {"tensorflow", "tf_keras", "tensorflow_model_optimization", "keras"}


def imports_of(path: Path) -> set[str]:
    """Modules that a file imports anywhere, relative imports left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", [*python_files("export"), ROOT / "cli.py"], ids=lambda path: str(path.relative_to(ROOT)))
def test_only_attendnets_tf_imports_tensorflow(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports_of(path)} & HEAVY


@pytest.mark.parametrize("path", python_files("export"), ids=lambda path: str(path.relative_to(ROOT)))
def test_export_does_not_know_attendnets_tf(path: Path) -> None:
    assert not any(name.startswith("attendnets_tf") for name in imports_of(path))


@pytest.mark.parametrize("path", python_files("attendnets_tf"), ids=lambda path: str(path.relative_to(ROOT)))
def test_attendnets_tf_takes_only_errors_from_export(path: Path) -> None:
    """But for the exploration, whose constraints are the compiler's plans."""
    if path.is_relative_to(ROOT / "attendnets_tf" / "explore"):
        return
    assert {name for name in imports_of(path) if name.partition(".")[0] == "export"} <= {"export.errors"}


def test_one_module_knows_optuna() -> None:
    folders = (*python_files("attendnets_tf"), *python_files("export"), ROOT / "cli.py")
    users = [path for path in folders if "optuna" in {name.partition(".")[0] for name in imports_of(path)}]
    assert users == [ROOT / "attendnets_tf" / "explore" / "study.py"]


@pytest.mark.parametrize(
    ("module", "home"), [("jinja2", "export/render"), ("tflite", "export/read"), ("unicorn", "export/run")]
)
def test_one_home_per_library(module: str, home: str) -> None:
    users = {path for path in python_files("export") if module in {name.partition(".")[0] for name in imports_of(path)}}
    assert users and all(path.is_relative_to(ROOT / home) for path in users)


def test_clamps_have_one_source() -> None:
    """A pass narrows an operator's clamp in its options: whoever reads the activation alone would not see it."""
    readers = {path.name for folder in ("reference", "lower", "optimize") for path in python_files(f"export/{folder}")
               if "activation_range(" in path.read_text(encoding="utf-8")}  # fmt: skip
    assert not readers


def test_files_stay_short() -> None:
    for folder in ("export", "attendnets_tf", "firmware_templates"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".c", ".h", ".j2"}:
                assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


def test_help_is_quick() -> None:
    """In CPU time, which does not depend on the machine's load."""
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "cli", "--help"], cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.3


def test_building_and_evaluating_never_load_tensorflow(tmp_path: Path) -> None:
    model, images = write_classifier(tmp_path), write_images(tmp_path / "images", ("a", "b"))
    build = ["build", "--out", str(tmp_path / "out"), "--json"]
    evaluate = ["evaluate", str(model), "--data", str(images), "--out", str(tmp_path / "evaluation"), "--json"]
    for arguments in (build, evaluate):
        code = (
            "import sys, cli\n"
            "try:\n"
            f"    cli.main({arguments!r}, standalone_mode=False)\n"
            "except SystemExit as end:\n"
            "    assert end.code == 0\n"
            f"assert not {HEAVY!r} & set(sys.modules), 'loaded'\n"
        )
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
