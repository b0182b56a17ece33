"""A search from its data to its report: the same trials from the same seed, also when it was stopped in between."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

if find_spec("tensorflow") is None or find_spec("optuna") is None:
    pytest.skip("TensorFlow or Optuna is not installed", allow_module_level=True)

from attendnets_tf.explore import exploration, references
from attendnets_tf.explore import search as searching
from attendnets_tf.explore import study as studies
from attendnets_tf.explore.finalists import best_trials
from attendnets_tf.explore.search import work
from attendnets_tf.explore.settings import Search
from attendnets_tf.explore.study import FAILED, REJECTED, TRAINED
from attendnets_tf.fitting import DivergedError
from attendnets_tf.specification import Specification, load_specification
from export.errors import AttendNetsError, InputError
from tests.support import explore_worker
from tests.support.explore_worker import PROTOTYPE, tiny_search, write_slopes


def story(search: Search, note: Any = lambda text: None) -> list[dict[str, Any]]:
    """What was drawn, and what became of it; numbers and names count what was interrupted as well."""
    names = ("draw", "state", "figures", "excess", "rungs", "inherited")
    trials = sorted(work(search, note).trials(), key=lambda trial: trial.user_attrs["draw"])
    return [{"params": t.params, "values": t.values} | {name: t.user_attrs.get(name) for name in names} for t in trials]


def test_the_same_seed_gives_the_same_trials_also_when_one_is_interrupted(tmp_path: Path) -> None:
    data = write_slopes(tmp_path / "slopes.npz")
    whole = story(tiny_search(data, tmp_path / "whole", trials=4))
    assert sum(trial["state"] != REJECTED for trial in whole) == 4
    # Accuracies of candidates that have parents: weights are part of what goes on.
    assert any(trial["inherited"] for trial in whole)

    trained = 0

    def interrupt(text: str) -> None:
        nonlocal trained
        trained += " after " in text
        if trained == 3:
            raise KeyboardInterrupt

    stopped = tiny_search(data, tmp_path / "stopped", trials=4)
    with pytest.raises(KeyboardInterrupt):
        work(stopped, interrupt)
    assert story(stopped) == whole

    with pytest.raises(InputError, match=r"other settings \(min_accuracy\)"):
        work(tiny_search(data, tmp_path / "stopped", trials=4, min_accuracy=0.3), lambda text: None)


def test_a_search_ends_with_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "NAMES", ())  # the scaled prototype is reference enough
    data = write_slopes(tmp_path / "slopes.npz")
    search = tiny_search(data, tmp_path / "out", trials=2, finalists=1)
    result = exploration.explore(search, lambda text: None)
    written = json.loads((tmp_path / "out" / exploration.RESULT_FILE).read_text())
    assert written == json.loads(json.dumps(result))
    found, reference = written["finalists"]
    assert (found["kind"], reference["kind"]) == ("found", "reference") and found["equal"] and reference["equal"]
    assert found["instructions"] > 0 and "tflite-micro" in found["checked"] and reference["macs"] <= max(found["macs"], 1)
    page = (tmp_path / "out" / exploration.REPORT_FILE).read_text()
    assert found["name"] in page and reference["name"] in page
    for trial in written["trials"]:
        if trial["state"] == TRAINED:
            folder = tmp_path / "out" / "trials" / str(trial["number"])
            specification = Specification.from_json((folder / "specification.json").read_text())
            assert json.loads(specification.to_json()) == trial["specification"]
            assert json.loads((folder / "plan.json").read_text())["macs"] == trial["figures"]["macs"]
            assert f"--specification {folder / 'specification.json'}" in trial["command"]
    # Finalists are not trained again.
    began = (tmp_path / "out" / "finalists" / found["name"] / "result.json").stat().st_mtime_ns
    assert exploration.explore(search, lambda text: None)["finalists"] == result["finalists"]
    assert (tmp_path / "out" / "finalists" / found["name"] / "result.json").stat().st_mtime_ns == began


def test_requirements_that_nothing_satisfies_end_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setattr(searching, "MOST_REJECTED", 20)
    search = tiny_search(write_slopes(tmp_path / "slopes.npz"), tmp_path / "out")
    with pytest.raises(InputError, match="20 networks in a row were rejected; the last: "):
        work(replace(search, requirements=replace(search.requirements, macs=10)), lambda text: None)


def test_what_a_signal_ends_is_drawn_again_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM leaves as SystemExit: its candidate is noticed by the process's silence, and nothing else takes it up."""
    monkeypatch.setattr(studies, "HEARTBEAT_S", 1)
    monkeypatch.setattr(studies, "GRACE_S", 2)
    monkeypatch.setattr(explore_worker, "PAUSE_S", 0.0)
    monkeypatch.setattr(searching, "train_rungs", explore_worker.paused(tmp_path / "log"))
    search = tiny_search(write_slopes(tmp_path / "slopes.npz"), tmp_path / "out", trials=4)

    def leave(text: str) -> None:
        if " after " in text:
            raise SystemExit(143)

    with pytest.raises(SystemExit):
        work(search, leave)
    trials = work(search, lambda text: None).trials()
    draws = [trial.user_attrs["draw"] for trial in trials]
    assert sorted(draws) == list(range(len(trials))), "every draw once"
    assert sum(trial.user_attrs["state"] != REJECTED for trial in trials) == 4


def test_a_candidate_that_diverges_fails_and_a_full_disk_ends_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[AttendNetsError] = [DivergedError("the loss is not finite")]

    def train_rungs(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return explore_worker.paused(tmp_path / "log")(*arguments)

    monkeypatch.setattr(explore_worker, "PAUSE_S", 0.0)
    monkeypatch.setattr(searching, "train_rungs", train_rungs)
    search = tiny_search(write_slopes(tmp_path / "slopes.npz"), tmp_path / "out", trials=3)
    states = [trial.user_attrs["state"] for trial in work(search, lambda text: None).trials()]
    assert sorted(state for state in states if state != REJECTED) == [FAILED, TRAINED, TRAINED]
    failures.append(AttendNetsError("no space left on the disk"))
    with pytest.raises(AttendNetsError, match="no space left"):
        work(tiny_search(tmp_path / "slopes.npz", tmp_path / "out", trials=4), lambda text: None)


@pytest.mark.parametrize("sampler", ["nsga2", "tpe"])
def test_of_several_objectives_finalists_lie_on_the_front(
    sampler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore_worker, "PAUSE_S", 0.0)
    monkeypatch.setattr(searching, "train_rungs", explore_worker.paused(tmp_path / "log"))
    data, both = write_slopes(tmp_path / "slopes.npz"), ("accuracy", "latency")
    search = tiny_search(data, tmp_path / "out", trials=20, finalists=3, objectives=both, sampler=sampler, min_accuracy=0.51)
    trained = work(search, lambda text: None).trials()
    assert len(trained) == 20 and all(trial.values is not None and len(trial.values) == 2 for trial in trained)
    chosen = best_trials(search, trained)
    assert 1 <= len(chosen) <= 3
    for trial in chosen:
        accuracy, latency = trial.values or ()
        assert accuracy >= 0.51
        better = [
            other.values for other in trained if other.values and other.values[0] >= accuracy and other.values[1] <= latency
        ]
        assert all(values == [accuracy, latency] for values in better)


def test_references_are_scaled_to_what_is_allowed() -> None:
    board = tiny_search(Path("none"), Path("none")).requirements
    found = references.scaled_references(PROTOTYPE, 2, board, 40_000)
    names = [network.name.rpartition("_")[0] for network in found]
    assert names == ["tiny", "attendnet_a", "attendnet_b", "mobilenet_v1"]
    from attendnets_tf.model import build_model, count_macs

    assert count_macs(build_model(found[0])) <= 40_000
    for network in found:
        assert network.classes == 2 and network.input == PROTOTYPE.input
    for name in references.NAMES:
        large = load_specification(name)
        assert references.adapted_to(large, large.input, large.classes) == large
