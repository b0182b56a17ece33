"""The report of a search: complete, self-contained, escaped, the same bytes for the same search; and the front it draws."""

import copy
import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendnets_tf.evaluation import wilson_interval
from attendnets_tf.explore.pareto import pareto_front
from attendnets_tf.explore.report import write_report
from attendnets_tf.explore.report_drawing import draw
from attendnets_tf.explore.report_labels import place_labels
from attendnets_tf.explore.report_words import TIMES, best_finalists, best_trials, objectives_of

RUNGS = ((2, 16), (6, 20), (18, 28))
VALUES = {
    "netscore": lambda f, a: 60 + 40 * a - f["macs"] / 2e5,
    "accuracy": lambda f, a: a,
    "latency": lambda f, a: f["estimated_ms"],
}
VOID = {"meta", "br"}


def _search(objective: str | list[str] = "netscore", trials: int = 60) -> dict[str, Any]:
    """A search with trials of every state, as a search writes it."""
    draws = random.Random(1)
    objectives = [objective] if isinstance(objective, str) else objective
    search = {
        "board": "stm32f407_discovery",
        "data": "digits",
        "objective": objective,
        "seed": 1,
        "command": "attendnets-cli explore digits --board stm32f407_discovery --seed 1",
        "sampler": "tpe",
        "requirements": {"latency_ms": 60.0, "min_accuracy": 0.8, "ram": 48 << 10, "flash": 96 << 10, "macs": None},
        "versions": {"numpy": "2.4.6", "optuna": "4.5"},
        "hours": 1.9,
        "trials": [_trial(draws, number, objectives) for number in range(trials)],
        "importance": {"stem_filters": 0.31, "stage2_filters": 0.27, "stage1_blocks": 0.2, "block": 0.12, "expansion": 0.1},
        "finalists": [],
    }
    search["finalists"] = _finalists(search) if trials else []
    return search if trials else search | {"importance": {}}


def _trial(draws: random.Random, number: int, objectives: list[str]) -> dict[str, Any]:
    parameters = {"stem_filters": draws.choice((8, 12, 16)), "stage1_filters": draws.choice((16, 24, 32))}
    parameters |= {
        "stage2_filters": draws.choice((32, 48, 64)),
        "expansion": draws.choice((1, 2)),
        "block": draws.choice(("pepe", "convolution")),
    }
    size = (
        parameters["stem_filters"] * parameters["stage1_filters"] * parameters["expansion"] + 20 * parameters["stage2_filters"]
    )
    figures = {"macs": 2500 * size, "parameters": 30 * size, "flash": 34 * size + 9000, "ram": 20 * size + 6000}
    figures |= {"estimated_ms": size / 40 * draws.uniform(0.9, 1.1), "estimated_instructions": 6000 * size}
    excess = {
        "ram": figures["ram"] - (48 << 10),
        "flash": figures["flash"] - (96 << 10),
        "latency": figures["estimated_ms"] - 50,
    }
    reasons = {reason: amount for reason, amount in excess.items() if amount > 0}
    if number % 17 == 5:
        reasons, figures = {"macs": 2e6}, {}
    skill = min(0.985, 0.7 + 0.03 * draws.random() + size / 9000 + number / 900)
    state = "rejected" if reasons else draws.choice(("trained", "stopped", "stopped"))
    state = {13: "failed", 59: "running"}.get(number, state)
    reached = {"trained": 3, "stopped": draws.choice((1, 2))}.get(state, 0)
    rungs = [
        {"epochs": n, "size": [s, s], "accuracy": skill - 0.25 / (i + 1) + 0.08} for i, (n, s) in enumerate(RUNGS[:reached])
    ]
    accuracy = rungs[-1]["accuracy"] if state == "trained" else None
    return {
        "number": number,
        "state": state,
        "reasons": reasons if state == "rejected" else {},
        "specification": _specification(f"explore_{number}", parameters),
        "parameters_of_search": parameters,
        "figures": figures,
        "rungs": rungs,
        "accuracy": accuracy,
        "objective": [VALUES[name](figures, accuracy) for name in objectives] if accuracy else None,
        "parent": draws.randrange(number) if number > 10 else None,
        "inherited": draws.uniform(0.5, 1) if number > 10 else 0.0,
        "seconds": draws.uniform(5, 90),
        "command": f"attendnets-cli train digits --specification build/explore/{number}.json --seed 1",
    }


def _specification(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    stages = [
        {"filters": parameters["stage1_filters"], "blocks": 3, "stride": 2, "condenser_channels": 8, "embedding": "depthwise"},
        {"filters": parameters["stage2_filters"], "blocks": 2, "stride": 2, "condenser_channels": None},
    ]
    stages[0] |= {"block": parameters["block"], "expansion": parameters["expansion"]}
    return {
        "version": 1,
        "name": name,
        "input": {"height": 28, "width": 28, "channels": 1},
        "classes": 10,
        "stem": {"filters": parameters["stem_filters"], "stride": 1},
        "stages": stages,
        "attention": {"form": "mul_residual", "gate": "sigmoid"},
    }


def _finalists(search: dict[str, Any]) -> list[dict[str, Any]]:
    sources = [(f"explore_{trial['number']}", "found", trial) for trial in best_trials(search)[:4]]
    sources += [(name, "reference", None) for name in ("attendnet_a", "attendnet_b", "mobilenet_v1")]
    finalists = []
    for place, (name, kind, trial) in enumerate(sources):
        figures = (
            trial["figures"]
            if trial
            else {
                "macs": 3_000_000 + 400_000 * place,
                "parameters": 40_000,
                "flash": 70_000,
                "ram": 30_000,
                "estimated_ms": 40.0 + place,
            }
        )
        correct = 494 - 2 * place
        finalists.append(
            {
                "name": name,
                "kind": kind,
                "trial": trial["number"] if trial else None,
                "accuracy": correct / 500,
                "interval": list(wilson_interval(correct, 500)),
                "correct": correct,
                "images": 500,
                **{key: figures[key] for key in ("macs", "parameters", "flash", "ram", "estimated_ms")},
                "instructions": 2 * figures["macs"],
                "netscore": 100 - figures["macs"] / 2e5,
                "equal": True,
                "specification": trial["specification"]
                if trial
                else _specification(name, search["trials"][0]["parameters_of_search"]),
            }
        )
    return finalists


class _Page(HTMLParser):
    """What a page says, and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.count: dict[str, int] = {}
        self.feed(html)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, attrs)

    def _seen(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "srcset", "data")]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


def _page(search: dict[str, Any], folder: Path) -> _Page:
    write_report(search, folder / "report.html")
    html = (folder / "report.html").read_text(encoding="utf-8")
    page = _Page(html)
    assert not page.open, "every tag is closed"
    assert all(reference.startswith("#") for reference in page.references), "nothing is fetched"
    assert {reference[1:] for reference in page.references} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids)), "ids of several plots do not meet"
    assert "script" not in page.count and "@import" not in html and html.count("url(") == html.count("url(#")
    return page


def test_a_report_says_everything(tmp_path: Path) -> None:
    search = _search()
    assert {trial["state"] for trial in search["trials"]} == {"trained", "stopped", "rejected", "failed", "running"}
    page = _page(search, tmp_path)
    for finalist in search["finalists"]:
        assert page.text.count(finalist["name"]) >= 2, "in the table and in the plot"
    for reason in ("RAM", "flash", "estimated latency", "multiply-adds"):
        assert reason in page.text
    for trial in search["trials"]:
        assert trial["command"] in page.text
    for name in search["importance"]:
        assert name in page.text
    best = best_finalists(search, "found")[0]["name"]
    tried = "60 networks tried for NetScore on digits, for the board stm32f407_discovery"
    assert f"The best of {tried}, is {best}, with 98.8 % of 500 test images right" in page.text
    assert "Against the best reference" in page.text and "intervals overlap" in page.text
    assert "2 epochs" in page.text and "condenser: 8 ch." in page.text and "not measured" in page.text


def test_equal_searches_give_equal_bytes(tmp_path: Path) -> None:
    search = _search()
    before = copy.deepcopy(search)
    for name in ("one", "other"):
        write_report(search, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert search == before


def test_names_are_escaped(tmp_path: Path) -> None:
    search = _search(trials=30)
    evil = "<b>&\"'$x_1$</b>"
    search["board"] = search["data"] = search["command"] = evil
    search["finalists"][0]["name"] = search["finalists"][-1]["name"] = evil
    search["trials"][2]["command"] = search["trials"][2]["parameters_of_search"]["<i>"] = evil
    search["importance"]["<i>"] = 0.2
    search["versions"]["<u>"] = evil
    page = _page(search, tmp_path)
    assert not {"b", "i", "u"} & set(page.count)
    assert page.text.count(evil) >= 7


def test_a_search_that_has_not_begun(tmp_path: Path) -> None:
    page = _page(_search(trials=0), tmp_path)
    assert "Of 0 networks tried" in page.text and "none yet meets the requirements" in page.text
    for sentence in (
        "No finalist yet",
        "No trial has been trained yet",
        "too few trials",
        "No trial was rejected",
        "no network yet to draw",
    ):
        assert sentence in page.text


def test_an_interrupted_search(tmp_path: Path) -> None:
    search = _search() | {"finalists": [], "importance": {}}
    page = _page(search, tmp_path)
    best = best_trials(search)[0]
    assert f"is so far trial {best['number']}: NetScore" in page.text
    assert page.text.count("10 classes") == 3, "the three best trials are drawn"


@pytest.mark.parametrize("state", ["rejected", "stopped", "trained", "failed", "running"])
def test_a_search_with_trials_of_one_state(state: str, tmp_path: Path) -> None:
    search = _search()
    search["trials"] = [trial for trial in search["trials"] if trial["state"] == state][:1]
    search["finalists"] = []
    assert state in _page(search, tmp_path).text


def test_several_objectives_show_a_front(tmp_path: Path) -> None:
    search = _search(["accuracy", "latency"])
    page = _page(search, tmp_path)
    assert "for accuracy and estimated latency" in page.text and "7 make the front" in page.text
    assert "estimated latency in ms" in page.text, "each objective has its own history"
    best = best_trials(search)
    values = [(trial["objective"][0], -trial["objective"][1]) for trial in best]
    front = set(pareto_front(values))
    assert front == set(range(len(front))), "the front comes first"
    assert values[0][0] == max(value for value, _ in values)


def test_less_is_better_for_latency(tmp_path: Path) -> None:
    search = _search("latency")
    best = best_trials(search)
    assert best[0]["objective"] == min(trial["objective"] for trial in best)
    assert all(trial["accuracy"] >= 0.8 for trial in best), "a fast network that is too inaccurate is not best"
    found = best_finalists(search, "found")
    assert found == sorted(found, key=lambda finalist: finalist["estimated_ms"])
    assert objectives_of(search)[0].written(12.34) == "12.3 ms"
    _page(search, tmp_path)


def test_a_better_reference_is_not_passed_over(tmp_path: Path) -> None:
    search = _search()
    search["finalists"][-1] |= {"netscore": 120.0, "equal": False}
    text = _page(search, tmp_path).text
    assert "is behind in NetScore" in text and "DIFFERENT" in text


def test_the_lineage_says_what_changed(tmp_path: Path) -> None:
    search = _search()
    by_number = {trial["number"]: trial for trial in search["trials"]}
    child = by_number[best_finalists(search, "found")[0]["trial"]]
    parent = by_number[0]
    child |= {"parent": 0, "inherited": 0.875, "parameters_of_search": parent["parameters_of_search"] | {"stem_filters": 99}}
    parent["parent"] = child["number"]  # nobody writes this, but it must not hang
    text = _page(search, tmp_path).text
    assert f"stem_filters {parent['parameters_of_search']['stem_filters']} → 99" in text and "87.5 % of the weights" in text


def test_boxes_are_in_proportion() -> None:
    parameters = {"stem_filters": 16, "stage1_filters": 32, "stage2_filters": 64, "block": "pepe", "expansion": 2}
    other = parameters | {"stem_filters": 8}
    first, second = draw([(name, "", _specification(name, each)) for name, each in (("a", parameters), ("b", other))])
    stem, block, condenser = (next(box for box in first.boxes if box.kind == kind) for kind in ("stem", "pepe", "condenser"))
    assert stem.height == pytest.approx(2 * block.height, abs=0.2), "28 rows, then 14"
    assert block.width == pytest.approx(2 * stem.width, abs=0.2), "16 channels, then 32"
    assert condenser.width == pytest.approx(block.width / 4, abs=0.2), "8 channels inside"
    assert condenser.height == pytest.approx(block.height / 2, abs=0.2)
    assert next(box for box in second.boxes if box.kind == "stem").width == pytest.approx(stem.width / 2, abs=0.2)
    assert sum(box.kind == "condenser" for box in first.boxes) == 2, "before every block but a stage's first"
    for diagram in (first, second):
        for box in diagram.boxes:
            assert box.x >= 0 and box.x + box.width <= diagram.width and box.y >= 0
            assert box.y + box.height / 2 == pytest.approx(diagram.middle, abs=0.2)
        assert all(text.y <= diagram.height for text in diagram.texts)
    assert {f"2 {TIMES} expanded", "depthwise embedding", f"14{TIMES}14", f"3 {TIMES} PEPE"} <= {
        text.text for text in first.texts
    }


def test_labels_lie_apart_and_hide_nothing_where_there_is_room() -> None:
    points = [(50.0, 50.0), (52.0, 51.0), (50.0, 49.0), (195.0, 145.0)]
    sizes = [(40.0, 9.0), (60.0, 9.0), (20.0, 9.0), (50.0, 9.0)]
    wall = [(70.0, float(y)) for y in range(0, 150, 3)]
    centres = place_labels(points, sizes, wall, (200.0, 150.0))
    spans = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(centres, sizes, strict=True)]
    for index, (left, bottom, right, top) in enumerate(spans):
        assert left >= 0 and bottom >= 0 and right <= 200 and top <= 150
        assert all(right < o[0] or o[2] < left or top < o[1] or o[3] < bottom for o in spans[:index])
        assert not any(left < x < right and bottom < y < top for x, y in wall + points)


@given(st.integers(1, 3).flatmap(lambda size: st.lists(st.tuples(*[st.integers(0, 5) | st.floats(-1, 1)] * size), max_size=30)))
def test_the_front_is_what_nothing_dominates(points: list[tuple[float, ...]]) -> None:
    def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return all(a >= b for a, b in zip(one, other, strict=True)) and any(a > b for a, b in zip(one, other, strict=True))

    front = pareto_front(points)
    assert front == sorted(set(front))
    for index, point in enumerate(points):
        beaten = any(dominates(points[other], point) for other in front)
        assert beaten == (index not in front)
