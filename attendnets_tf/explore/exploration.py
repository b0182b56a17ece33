"""From a search's settings to its report: candidates, finalists, what they are compared with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from attendnets_tf.explore.finalists import accuracy_of, best_trials, finalist
from attendnets_tf.explore.oracle import limited
from attendnets_tf.explore.references import scaled_references
from attendnets_tf.explore.report import write_report
from attendnets_tf.explore.search import work
from attendnets_tf.explore.settings import Search
from attendnets_tf.explore.study import TRAINED, FrozenTrial, Study
from attendnets_tf.files import write_atomically
from attendnets_tf.runtime import settings
from attendnets_tf.specification import Specification

RESULT_FILE, REPORT_FILE = "search.json", "report.html"


def explore(search: Search, note: Callable[[str], None]) -> dict[str, Any]:
    """Search, train the best fully, compare, and write search.json and report.html into the search's folder; returns the former.

    Stopped at any moment, the same call goes on from there. Raises InputError for settings that differ from those of the search
    in the folder, and where the board can run no network of the space.
    """
    study = work(search, note)
    trials = study.trials()
    _write(search, study, [])
    chosen = best_trials(search, [trial for trial in trials if trial.user_attrs.get("state") == TRAINED])
    finalists = []
    for trial in chosen:
        network = Specification.from_json(json.dumps(trial.user_attrs["specification"]))
        finalists.append(finalist(search, network, "found", trial.number, note))
    if finalists:
        prototype = search.space.prototype
        for reference in scaled_references(
            prototype, finalists[0]["specification"]["classes"], search.requirements, finalists[0]["macs"]
        ):
            finalists.append(finalist(search, reference, "reference", None, note))
    return _write(search, study, finalists)


def _write(search: Search, study: Study, finalists: list[dict[str, Any]]) -> dict[str, Any]:
    result = gather(search, study, finalists)
    write_atomically(search.out / RESULT_FILE, json.dumps(result, indent=1) + "\n")
    write_report(result, search.out / REPORT_FILE)
    return result


def gather(search: Search, study: Study, finalists: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything there is to know about a search, as plain JSON."""
    board, names = search.requirements.board, search.objectives
    trials = study.trials()
    return {
        "board": board.name,
        "data": search.training.data,
        "objective": names[0] if len(names) == 1 else list(names),
        "seed": search.seed,
        "command": search.training.command,
        "sampler": search.sampler,
        "requirements": {
            "latency_ms": search.requirements.latency_ms,
            "min_accuracy": search.min_accuracy or None,
            "ram": limited(board).ram_limit,
            "flash": board.flash.bytes,
            "macs": search.requirements.macs,
        },
        "versions": settings(),
        "hours": round(sum(trial.user_attrs.get("seconds", 0.0) for trial in trials) / 3600, 2),
        "trials": [_record(trial) for trial in trials],
        "importance": study.importance(),
        "finalists": finalists,
    }


def _record(trial: FrozenTrial) -> dict[str, Any]:
    attributes, rungs = trial.user_attrs, trial.user_attrs.get("rungs", [])
    return {
        "number": trial.number,
        "state": attributes.get("state", "running"),
        "reasons": attributes.get("excess", {}),
        "specification": attributes.get("specification"),
        "parameters_of_search": trial.params,
        "figures": attributes.get("figures", {}),
        "rungs": rungs,
        "accuracy": accuracy_of(trial) if rungs else None,
        "objective": trial.values if attributes.get("state") == TRAINED else None,
        "parent": attributes.get("parent"),
        "inherited": attributes.get("inherited", 0.0),
        "seconds": attributes.get("seconds", 0.0),
        "command": attributes.get("command", ""),
    }
