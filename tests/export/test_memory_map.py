"""The memory map of a plan, boards that are too small, and arenas over two banks."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from attendnets_tf.pretrained import FOLDER, bundled_model
from export.boards import Board, board_text, default_board, parse_board
from export.build import build, compile_plan
from export.check import check
from export.errors import DoesNotFitError
from export.project import load_project
from export.read import read_bytes
from export.reference import predict
from export.resized import largest_resolution, resized
from export.run import open_device
from export.verify import random_samples
from tests.support.command_line import invoke, refused

NANO = FOLDER / "attendnet_nano_cifar10.tflite"


def test_plan_draws_and_tells(tmp_path: Path) -> None:
    out = tmp_path / "pictures" / "map"
    done = invoke("plan", NANO, "--target", "cortex-m4", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["pictures"] == [f"{out}.png", f"{out}.svg"]
    assert Image.open(f"{out}.png").size[0] > 1000 and ElementTree.parse(f"{out}.svg").getroot().tag.endswith("svg")
    assert told["peak"]["bytes"] <= told["arena"] and told["pushed_rows_of"] == 32 * 3
    assert [buffer["bytes"] for buffer in told["peak"]["buffers"]] == sorted(
        (b["bytes"] for b in told["peak"]["buffers"]), reverse=True
    )
    assert told["segments"] and {"ram", "estimated_instructions", "estimated_ms", "streamed"} == told["alternatives"][0].keys()
    assert any(decision["subject"] == "schedule" for decision in told["decisions"])
    printed = invoke("plan", NANO, "--target", "cortex-m4", "--out", out).output
    assert "by rows" in printed and "estimated instructions" in printed and f"{out}.png" in printed


def test_what_does_not_fit_is_told_with_its_layer_and_an_input_that_would(tmp_path: Path) -> None:
    text = refused(invoke("build", NANO, "--ram", 26_000, "--out", tmp_path / "out"), exit_code=3)
    assert "more than it may use; most at the layer stage" in text
    assert "This model would fit with an input of 24x24." in text
    assert not (tmp_path / "out").exists()


def test_the_resolution_that_is_named_fits_and_the_next_does_not() -> None:
    graph = read_bytes(NANO.read_bytes(), "nano", "nano")
    board = default_board("cortex-m4").model_copy(update={"ram_limit": 26_000})

    def fits(smaller: object) -> bool:
        compile_plan(smaller, board, (), "")  # type: ignore[arg-type]
        return True

    assert largest_resolution(graph, fits) == (24, 24)
    for size in ((24, 24), (40, 40)):
        other = check(resized(graph, size))
        assert other.tensors[other.outputs[0]].shape == (1, 10)
        sample = np.zeros((1, *size, 3), np.int8)
        assert predict(other, [sample])[0].shape == (1, 10)
    with pytest.raises(DoesNotFitError):
        compile_plan(graph, board, (), "")


def two_banks(first: int, second: int) -> Board:
    """The emulated Cortex-M4 with two small memories."""
    text = board_text("mps2_an386").replace("name: mps2_an386", "name: two_banks")
    start = text.index("ram:")
    end = text.index("setup:")
    banks = (
        f"  - {{name: near, address: 0x20000000, bytes: {first}}}\n  - {{name: far, address: 0x20100000, bytes: {second}}}\n"
    )
    return parse_board(text[:start] + "ram:\n" + banks + text[end:], "two banks")


@pytest.mark.parametrize("prefer", ["gcc", "zig"])
def test_an_arena_over_two_banks(prefer: str, tmp_path: Path) -> None:
    board = two_banks(12 * 1024, 10 * 1024)
    built = build(bundled_model(), board, tmp_path / "out", prefer=None if prefer == "gcc" else "zig")
    plan = built.plan
    assert plan.banks.arena == plan.banks.variables == "near" and plan.banks.arena_2 == "far"
    assert 0 < plan.arena_2_bytes <= 10 * 1024 and {"arena", "arena_2"} <= {buffer.bank for buffer in plan.buffers}
    project = load_project(tmp_path / "out")
    graph = check(project.graph())
    with open_device("unicorn", project.elf, board) as device:
        for sample in random_samples(3, project.inputs):
            (expected,) = predict(graph, [sample.reshape(project.inputs[0].shape)])
            assert device.infer(sample.tobytes()).output == expected.tobytes()
    with pytest.raises(DoesNotFitError, match="more than there are"):
        build(bundled_model(), two_banks(4 * 1024, 2 * 1024), tmp_path / "other")
