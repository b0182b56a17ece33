"""The arena is what the interpreter needs, to the 16 bytes that it is aligned to."""

import subprocess
import sys
from pathlib import Path

import pytest

from attendnets_tf.pretrained import bundled_model
from export.errors import AttendNetsError, InputError
from export.read import read_bytes
from export.tflm import arena
from export.tflm.arena import Arena, measure_arena
from tests.support.graphs import random_graph
from tests.support.model_builder import ModelBuilder

ALLOCATE = "import sys; from tflite_micro import runtime; runtime.Interpreter.from_file(sys.argv[1], arena_size=int(sys.argv[2])).invoke()"


def measured(content: bytes) -> Arena:
    pytest.importorskip("tflite_micro", reason="the tflite-micro package is not installed")
    return measure_arena(content, read_bytes(content, "model", "model"))


def suffices(content: bytes, arena_bytes: int, folder: Path) -> bool:
    """In a process of its own, which may end badly."""
    (folder / "model.tflite").write_bytes(content)
    command = [sys.executable, "-c", ALLOCATE, str(folder / "model.tflite"), str(arena_bytes)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "content", [bundled_model().read_bytes(), *(random_graph(seed).model for seed in (3, 8, 11))], ids=range(4)
)
def test_nothing_less_suffices(content: bytes, tmp_path: Path) -> None:
    fewest = measured(content).measured
    assert suffices(content, fewest, tmp_path)
    assert not suffices(content, fewest - 16, tmp_path)


def test_the_margin_covers_the_largest_window() -> None:
    """The bundled model's widest convolution has 3x3 windows over 48 channels."""
    found = measured(bundled_model().read_bytes())
    assert found.margin == 4 * 3 * 3 * 48 + 1024 and found.bytes == found.measured + found.margin
    assert "1728 bytes" in found.reason and "1024 bytes" in found.reason


def test_a_model_that_the_interpreter_refuses() -> None:
    """A split without its axis."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 8), 0.1, 0), builder.tensor((1, 8), 0.1, 0)
    builder.operator("SPLIT", [source], output)
    with pytest.raises(InputError, match="TensorFlow Lite Micro refuses model: "):
        measured(builder.build([source], [output]))


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arena, "find_spec", lambda name: None)
    content = bundled_model().read_bytes()
    with pytest.raises(AttendNetsError, match="tflite-micro is not installed") as caught:
        measure_arena(content, read_bytes(content, "model", "model"))
    assert caught.value.hint == "Install it: pip install tflite-micro" and caught.value.exit_code == 1
