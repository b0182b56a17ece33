"""Objectives: the scores that the paper gives, and names that are refused."""

import pytest

from attendnets_tf.explore.objectives import netscore, parse_objectives, promise, values_of
from export.errors import InputError


@pytest.mark.parametrize(
    ("accuracy", "parameters", "macs", "score"),
    [(0.732, 1_386_000, 276_800_000, 78.7), (0.717, 782_000, 191_300_000, 82.5)],
    ids=["AttendNet-A", "AttendNet-B"],
)
def test_netscores_are_those_of_the_paper(accuracy: float, parameters: int, macs: int, score: float) -> None:
    """arXiv 2009.14385, table 1."""
    assert netscore(accuracy, parameters, macs) == pytest.approx(score, abs=0.05)


def test_no_accuracy_is_the_worst_score() -> None:
    assert netscore(0.0, 1000, 1000) < netscore(0.001, 1000, 1000)


def test_a_candidate_that_may_reach_the_floor_promises_more_than_any_that_may_not() -> None:
    """Of an error of 3 % that is allowed at the end, 27 % are after a ninth of the training, and 9 % after a third."""
    for trained, enough in ((1 / 9, 0.74), (1 / 3, 0.92), (1, 0.971)):
        on, off = promise(60.0, enough, 0.97, trained), promise(120.0, enough - 0.02, 0.97, trained)
        assert on == 60 and off < 0 < on
        assert off > promise(120.0, enough - 0.03, 0.97, trained), "off the track, the more accurate one promises more"
    assert promise(-5.0, 0.0, 0.0, 1) == -5, "without a floor, the objective alone counts"


def test_values_come_in_the_order_of_the_names() -> None:
    figures = {"parameters": 20_000, "macs": 1_000_000, "estimated_ms": 8.5}
    names = parse_objectives("latency, accuracy,energy")
    assert names == ("latency", "accuracy", "energy")
    assert values_of(names, 0.9, figures) == [8.5, 0.9, 1_000_000]


@pytest.mark.parametrize("text", ["", "speed", "accuracy,accuracy", "accuracy,"])
def test_unknown_and_repeated_names_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="unknown or repeated"):
        parse_objectives(text)
