"""What a core's special kernels cost in RAM, and how the plan tells which kernel was taken."""

from pathlib import Path

import numpy as np
import pytest

from attendnets_tf.pretrained import FOLDER, bundled_model
from export.boards import default_board
from export.build import compile_plan, lower_model
from export.coverage import tier_of
from export.lower.call import Call, Tile
from export.lower.dsp.requantization import LARGEST_SHIFT, outside_limits
from export.plan import Plan
from export.plan.choice import activations
from export.plan.lives import lives_of
from export.plan.schedule import schedules
from export.read import read_bytes
from export.requantization import Channels

MODELS = (bundled_model(), FOLDER / "attendnet_nano_cifar10.tflite")


def plan_for(model: Path, target: str) -> Plan:
    return compile_plan(read_bytes(model.read_bytes(), model.name, model.stem), default_board(target), (), "")


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
@pytest.mark.parametrize("target", ["cortex-m0", "cortex-m4", "cortex-m55"])
def test_scratch_exceeds_the_activations_by_a_tenth_at_most(model: Path, target: str) -> None:
    """Of what they need layer by layer."""
    lowering = lower_model(read_bytes(model.read_bytes(), model.name, model.stem), "portable").lowering
    lives = lives_of(lowering)
    whole = next(schedules(lowering, lives))
    assert not whole.segments
    plan = plan_for(model, target)
    assert plan.arena_bytes <= max(activations(lowering, whole, lives)) * 11 // 10


def test_tiles_fill_the_room_that_there_is() -> None:
    call = Call(None, "an_dsp_conv_2d", (), 0, {"tile": 2}, scratch=100, cost=1000, tile=Tile(2, 64, 10, 64, 7))  # type: ignore[arg-type]
    for room, tile in ((0, 2), (100, 2), (139, 2), (140, 4), (179, 6), (5_000, 64)):
        tiled = call.tiled(room)
        assert tiled.parameters["tile"] == tile and tiled.scratch == 100 + 10 * tile
        assert tiled.cost == 1000 + 7 * -(-64 // tile)


def test_the_plan_says_what_else_there_was() -> None:
    steps = plan_for(bundled_model(), "cortex-m4").to_json()["steps"]
    convolutions = [step for step in steps if step["operator"] == "CONV_2D"]
    for step in convolutions:
        assert step["tier"] == tier_of(step["kernel"]) == "dsp" and step["cost"] > 0
        alternatives = dict(step["alternatives"])
        kernels = {"an_conv_2d", "an_dsp_conv_2d"}
        if step["shapes"].startswith("CONV_2D 3x3"):
            assert alternatives.pop("dsp row kernel") == "a window that is neither one position nor the whole input"
        else:
            kernels.add("an_dsp_fully_connected")
        assert set(alternatives) == kernels - {step["kernel"]} and min(alternatives.values()) > step["cost"]


@pytest.mark.parametrize(
    ("largest", "shift", "reason"),
    [
        (2**30 - 1, -1, ""),
        (2**30, -1, "sums reach 2^30"),
        (5, 0, "not between 1"),
        (5, 1, "not between 1"),
        (5, -LARGEST_SHIFT, ""),
        (5, -LARGEST_SHIFT - 1, "not between 1"),
    ],
)
def test_where_the_short_requantization_is_not_exact(largest: int, shift: int, reason: str) -> None:
    channels = Channels(np.array([2**30, 2**30]), np.array([-5, shift]))
    found = outside_limits(np.array([1, largest]), channels)
    assert reason in found and bool(reason) == bool(found)
