"""The comparison's published form: what is known is there, what is not is null."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import cli
from attendnets_tf.pretrained import bundled_model
from export.boards import default_board
from export.compare import compare
from export.errors import InputError
from tests.support.graphs import chain
from tests.support.model_builder import ModelBuilder
from tests.support.tflm_tree import make_tree


@pytest.fixture(autouse=True)
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tflite_micro", reason="the tflite-micro package is not installed")
    monkeypatch.delenv("TFLM_DIR", raising=False)


def written(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def test_without_the_library_its_figures_are_null() -> None:
    result = CliRunner().invoke(cli.main, ["compare", "--json"])
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert set(content) == {"model", "target", "board", "runtimes", "operators", "missing"} and "TFLM_DIR" in content["missing"]
    aot, tflm = content["runtimes"]["aot"], content["runtimes"]["tflm"]
    for figures in (aot, tflm):
        assert set(figures) == {"ram", "flash", "operators", "instructions", "refused"}
        assert set(figures["ram"]) == {"arena_measured", "arena", "stack", "total"}
        assert set(figures["flash"]) == {"model", "code", "constants", "total"}
        assert figures["refused"] is None
    assert aot["instructions"] > 1_000_000 and tflm["instructions"] is None
    assert tflm["ram"]["stack"] is tflm["ram"]["total"] is tflm["flash"]["code"] is tflm["flash"]["total"] is None
    assert tflm["flash"]["model"] == bundled_model().stat().st_size and tflm["ram"]["arena"] > tflm["ram"]["arena_measured"] > 0
    assert aot["ram"]["total"] > aot["ram"]["arena"] > 0 and aot["flash"]["total"] > aot["flash"]["constants"] > 0
    assert sum(entry["aot"]["count"] for entry in content["operators"]) == aot["operators"]
    assert sum(entry["tflm"]["count"] for entry in content["operators"]) == tflm["operators"] == 57
    convolution = content["operators"][0]
    assert convolution["operator"] == "CONV_2D" and convolution["aot"]["kernels"] == [
        "an_dsp_conv_2d",
        "an_dsp_fully_connected",
    ]
    assert convolution["tflm"] == {"count": 28, "registration": "AddConv2D"}


def test_the_table_says_what_is_needed() -> None:
    result = CliRunner().invoke(cli.main, ["compare"])
    assert (
        result.exit_code == 0 and result.stdout.count("needs TFLM_DIR [1]") == 6 and "[1] TFLM_DIR is not set" in result.stdout
    )


def test_a_model_that_only_the_interpreter_takes(tmp_path: Path) -> None:
    """Its sums can overflow."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 40), 0.1, 0), builder.tensor((1, 40), 0.1, 0)
    builder.operator("CUMSUM", [source, builder.constant(np.array(1, np.int32))], output, "CumsumOptions")
    (tmp_path / "model.tflite").write_bytes(builder.build([source], [output]))
    content = compare(tmp_path / "model.tflite", default_board("cortex-m4")).to_json()
    assert content["runtimes"]["aot"]["refused"] and content["runtimes"]["aot"]["operators"] is None
    assert content["runtimes"]["tflm"]["operators"] == 1


def test_a_model_that_neither_takes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Neither runtime takes the model"):
        compare(written(chain("LSH_PROJECTION"), tmp_path / "model.tflite"), default_board("cortex-m4"))


def test_mistakes_are_reported_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        compare(tmp_path / "missing.tflite", default_board("cortex-m4"))


def test_with_the_library_every_figure_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("arm-none-eabi-g++") or not shutil.which("make"):
        pytest.skip("arm-none-eabi-g++ or make is not installed")
    monkeypatch.setenv("TFLM_DIR", str(make_tree(tmp_path / "tree")))
    content = compare(written(chain("RELU"), tmp_path / "relu.tflite"), default_board("cortex-m4")).to_json()
    tflm = content["runtimes"]["tflm"]
    assert content["missing"] is None and None not in {*tflm["ram"].values(), *tflm["flash"].values()}
    assert tflm["instructions"] > content["runtimes"]["aot"]["instructions"] > 0
