"""How the report of a search names and writes quantities, and which trials and finalists are best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attendnets_tf.explore import objectives
from attendnets_tf.explore.pareto import pareto_front

KB = 1024
ABSENT, TIMES = "—", "\N{MULTIPLICATION SIGN}"
STATES = ("trained", "stopped", "rejected", "failed", "running")


@dataclass(frozen=True)
class Objective:
    """How what a search makes best is written. ``figure`` and ``compared`` are the key and the name of that by which finalists are compared; a
    trial's value times ``scale`` is in ``unit``."""

    name: str
    label: str
    figure: str
    compared: str
    scale: float
    unit: str

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return objectives.OBJECTIVES[self.name].sign

    def compare(self, figure: float) -> str:
        """A finalist's figure, as it is written where two are compared."""
        return (
            percent(figure)
            if self.figure == "accuracy"
            else significant(figure) + (" ms" if self.figure == "estimated_ms" else "")
        )

    def written(self, value: float) -> str:
        """A trial's value with its unit."""
        return f"{significant(value * self.scale)}{self.unit}"


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective("netscore", "NetScore", "netscore", "NetScore", 1.0, ""),
        Objective("accuracy", "accuracy", "accuracy", "accuracy", 100.0, " %"),
        Objective("latency", "estimated latency", "estimated_ms", "estimated time", 1.0, " ms"),
        Objective("energy", "multiply-accumulates, as a proxy of energy", "macs", "multiply-accumulates", 1.0, ""),
    )
}


def objectives_of(search: dict[str, Any]) -> list[Objective]:
    names = search["objective"]
    return [OBJECTIVES[name] for name in ([names] if isinstance(names, str) else names)]


def significant(value: float) -> str:
    """Three digits where there is a fraction, thousands separated: 0.123, 12.3, 1,234."""
    size = abs(value)
    return f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def kilobytes(count: float) -> str:
    return f"{count / KB:,.1f} KB"


def millions(count: float) -> str:
    """A count in millions, as is usual for multiply-adds: 1.23 M."""
    return f"{significant(count / 1e6)} M"


def counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def accuracy_of(trial: dict[str, Any]) -> float | None:
    """The last validation accuracy that is known of a trial; of a stopped one, that of the rung where it was stopped."""
    if trial["accuracy"] is not None:
        return float(trial["accuracy"])
    return float(trial["rungs"][-1]["accuracy"]) if trial["rungs"] else None


def is_candidate(trial: dict[str, Any], search: dict[str, Any]) -> bool:
    """Whether a trial was trained to the end and is as accurate as required: only such trials can be best."""
    if trial["state"] != "trained" or not trial["objective"]:
        return False
    required = search["requirements"]["min_accuracy"]
    return required is None or trial["accuracy"] >= required


def front_trials(search: dict[str, Any]) -> list[dict[str, Any]]:
    """Candidates that no other one beats in all objectives; with one objective, the best and its equals."""
    sought = objectives_of(search)
    candidates = [trial for trial in search["trials"] if is_candidate(trial, search)]
    points = [
        tuple(objective.sign * value for objective, value in zip(sought, trial["objective"], strict=True))
        for trial in candidates
    ]
    return [candidates[index] for index in pareto_front(points)]


def best_trials(search: dict[str, Any]) -> list[dict[str, Any]]:
    """Candidates, best first: the front of the objectives, then the others; among each by the first objective."""
    sign = objectives_of(search)[0].sign
    front = {trial["number"] for trial in front_trials(search)}
    candidates = [trial for trial in search["trials"] if is_candidate(trial, search)]
    return sorted(candidates, key=lambda trial: (trial["number"] not in front, -sign * trial["objective"][0], trial["number"]))


def best_finalists(search: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Finalists of a kind, best first by the first objective, then by accuracy; those less accurate than required come last."""
    objective = objectives_of(search)[0]
    required = search["requirements"]["min_accuracy"] or 0.0

    def rank(finalist: dict[str, Any]) -> tuple[bool, float, float, str]:
        worth = objective.sign * finalist[objective.figure]
        return finalist["accuracy"] < required, -worth, -finalist["accuracy"], finalist["name"]

    return sorted((finalist for finalist in search["finalists"] if finalist["kind"] == kind), key=rank)
