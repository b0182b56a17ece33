"""The report of an architecture search: one HTML file that needs nothing else."""

from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from attendnets_tf.explore import report_plots as plots
from attendnets_tf.explore.report_drawing import draw
from attendnets_tf.explore.report_words import (
    ABSENT,
    STATES,
    Objective,
    accuracy_of,
    best_finalists,
    best_trials,
    counted,
    front_trials,
    kilobytes,
    listed,
    millions,
    objectives_of,
    percent,
    significant,
)
from attendnets_tf.files import write_atomically

DRAWN = 3
REASONS = {"ram": "RAM", "flash": "flash", "latency": "estimated latency", "macs": "multiply-adds"}
LIMITS = {"ram": "ram", "flash": "flash", "latency": "latency_ms", "macs": "macs"}
# Figures of a finalist: key, heading, 1 where more is better and -1 where less is, how it is written, the requirement that limits it.
COLUMNS = (
    ("accuracy", "accuracy", 1, percent, None),
    ("macs", "multiply-adds", -1, millions, "macs"),
    ("parameters", "parameters", -1, "{:,}".format, None),
    ("flash", "flash", -1, kilobytes, "flash"),
    ("ram", "RAM", -1, kilobytes, "ram"),
    ("instructions", "instructions", -1, millions, None),
    ("estimated_ms", "estimated ms", -1, significant, "latency_ms"),
    ("netscore", "NetScore", 1, "{:.1f}".format, None),
)


def write_report(search: dict[str, Any], path: Path) -> None:
    """Write the HTML report of ``search`` to ``path``; equal searches give equal bytes.

    ``search`` is plain JSON, of a search that ended, was interrupted or still runs: finalists, trials and importance may be empty.
    Its accuracies are shares, sizes bytes, and a trial's values of the objectives in the objectives' own units: accuracy a share,
    latency in ms, energy in multiply-accumulates. Needs matplotlib. Raises :class:`export.errors.AttendNetsError` where the file cannot be written.
    """
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    environment.filters |= {"percent": percent, "kilobytes": kilobytes, "millions": millions, "significant": significant}
    template = files(__package__).joinpath("report.html.j2").read_text(encoding="utf-8")
    write_atomically(path, environment.from_string(template).render(_content(search)))


def _content(search: dict[str, Any]) -> dict[str, Any]:
    """What the template shows, in its order."""
    objectives = objectives_of(search)
    trials = search["trials"]
    best = best_trials(search)
    names = {each["trial"]: each["name"] for each in search["finalists"] if each["trial"] is not None}
    found = best_finalists(search, "found")
    lineage = _lineage(trials, found[0]["trial"] if found else best[0]["number"] if best else None)
    shares = _excess_shares(search)
    return {
        "search": search,
        "headline": _headline(search, objectives),
        "facts": _facts(search, objectives),
        "columns": [heading for _, heading, *_ in COLUMNS],
        "finalists": _finalist_rows(search),
        "limits": _limits(search["requirements"]),
        "pareto": Markup(plots.plot_pareto(search, names)) if any(map(_is_plotted, trials)) or search["finalists"] else None,
        "history": Markup(plots.plot_history(search, objectives)) if trials else None,
        "rungs": Markup(plots.plot_rungs(search)) if any(trial["rungs"] for trial in trials) else None,
        "rejections": _rejections(trials),
        "excess": Markup(plots.plot_excess(shares)) if shares else None,
        "importance": Markup(plots.plot_importance(search["importance"])) if search["importance"] else None,
        "diagrams": draw(_drawn(search, found, best)),
        "lineage": lineage,
        "trials": [_trial_row(trial, objectives) for trial in trials],
        "objectives": [objective.label for objective in objectives],
        "compared": objectives[0].compared,
        "halving": any(trial["state"] == "stopped" for trial in trials),
    }


def _is_plotted(trial: dict[str, Any]) -> bool:
    return trial["state"] in ("trained", "stopped") and accuracy_of(trial) is not None


def _headline(search: dict[str, Any], objectives: list[Objective]) -> str:
    sought = listed([objective.label for objective in objectives])
    networks = counted(len(search["trials"]), "network")
    tried = f"{networks} tried for {sought} on {search['data']}, for the board {search['board']},"
    found, references, best = best_finalists(search, "found"), best_finalists(search, "reference"), best_trials(search)
    if not found and not best:
        return f"Of {tried} none yet meets the requirements and was trained to the end."
    if len(objectives) > 1:
        front = len(front_trials(search))
        start = (
            f"Of {tried} {front} make{'s' * (front == 1)} the front: no other is as good in all of these and better in one. "
        )
        start += f"First by {objectives[0].compared}"
    else:
        start = f"The best of {tried}"
    if not found:
        values, accuracy = _values(best[0], objectives), percent(best[0]["accuracy"])
        return (
            f"{start} is so far trial {best[0]['number']}: {values}, with {accuracy} of the validation images right. "
            "No finalist has been trained in full and tested yet."
        )
    sentences = [f"{start} is {found[0]['name']}, with {_described(found[0])}."]
    required = search["requirements"]["min_accuracy"] or 0.0
    if found[0]["accuracy"] < required:
        sentences.append(f"That is less accurate than required, {percent(required)}.")
    if references:
        sentences.append(_compared(found[0], references[0], objectives[0], required))
    return " ".join(sentences)


def _described(finalist: dict[str, Any]) -> str:
    low, high = finalist["interval"]
    return (
        f"{percent(finalist['accuracy'])} of {finalist['images']:,} test images right (95 % interval {100 * low:.1f} to {percent(high)}), "
        f"{millions(finalist['macs'])} multiply-adds, an estimated {significant(finalist['estimated_ms'])} ms, "
        f"{kilobytes(finalist['ram'])} of RAM and {kilobytes(finalist['flash'])} of flash"
    )


def _compared(best: dict[str, Any], reference: dict[str, Any], objective: Objective, required: float) -> str:
    """Sentences on the best network found beside the best reference, whichever of the two is ahead."""
    key = objective.figure
    difference = objective.sign * (best[key] - reference[key])
    if (best["accuracy"] >= required) != (reference["accuracy"] >= required):
        verdict = f"it {'alone reaches' if best['accuracy'] >= required else 'does not reach'} the required accuracy"
    else:
        place = "is ahead" if difference > 0 else "is behind" if difference < 0 else "is level"
        values = " against ".join(objective.compare(each[key]) for each in (best, reference))
        verdict = f"it {place} in {objective.compared}, {values}"
    figures = (("macs", "multiply-adds"), ("estimated_ms", "estimated time"), ("ram", "RAM"), ("flash", "flash"))
    ratios = listed([f"{best[figure] / reference[figure]:.2f} times the {word}" for figure, word in figures])
    points = 100 * (best["accuracy"] - reference["accuracy"])
    side = f"{abs(points):.1f} points {'higher' if points > 0 else 'lower'}" if points else "the same"
    apart = best["interval"][0] > reference["interval"][1] or reference["interval"][0] > best["interval"][1]
    return (
        f"Against the best reference, {reference['name']}, {verdict}. It needs {ratios}; its accuracy is {side}, and the "
        f"95 % intervals {'do not overlap' if apart else 'overlap'}."
    )


def _values(trial: dict[str, Any], objectives: list[Objective]) -> str:
    pairs = zip(objectives, trial["objective"], strict=True)
    return listed([f"{objective.label} {objective.written(value)}" for objective, value in pairs])


def _facts(search: dict[str, Any], objectives: list[Objective]) -> list[tuple[str, str]]:
    counts = Counter(trial["state"] for trial in search["trials"])
    return [
        ("board", search["board"]),
        ("data", search["data"]),
        ("objective", listed([objective.label for objective in objectives])),
        ("requirements", ", ".join(f"{name} {limit}" for name, limit in _limits(search["requirements"]).items())),
        ("trials", ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state]) or "none"),
        ("sampler", f"{search['sampler']}, seed {search['seed']}"),
        ("time", f"{significant(search['hours'])} hours"),
    ]


def _limits(requirements: dict[str, Any]) -> dict[str, str]:
    """The requirements in words; those that are null are no requirements."""
    written = {
        "accuracy": ("min_accuracy", lambda share: f"≥ {percent(share)}"),
        "multiply-adds": ("macs", lambda count: f"≤ {millions(count)}"),
        "flash": ("flash", lambda count: f"≤ {kilobytes(count)}"),
        "RAM": ("ram", lambda count: f"≤ {kilobytes(count)}"),
        "estimated ms": ("latency_ms", lambda time: f"≤ {significant(time)}"),
    }
    return {word: write(requirements[key]) for word, (key, write) in written.items() if requirements[key] is not None}


def _finalist_rows(search: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the table, the found networks first; a cell knows whether it is the best of its column or misses a requirement."""
    finalists = best_finalists(search, "found") + best_finalists(search, "reference")
    requirements = search["requirements"]
    rows = []
    for finalist in finalists:
        cells = []
        for key, _, sign, written, requirement in COLUMNS:
            value = finalist[key]
            limit = requirements["min_accuracy"] if key == "accuracy" else requirements[requirement] if requirement else None
            best = len(finalists) > 1 and sign * value == max(sign * each[key] for each in finalists)
            cells.append({"text": written(value), "best": best, "misses": limit is not None and sign * value < sign * limit})
        low, high = finalist["interval"]
        interval = f"{100 * low:.1f} to {100 * high:.1f}"
        rows.append({"finalist": finalist, "cells": cells, "interval": interval})
    return rows


def _rejections(trials: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """(reason, trials, the least and the most of what was too much), the most frequent reason first."""
    excess: dict[str, list[float]] = {}
    for trial in trials:
        for reason, amount in trial["reasons"].items():
            excess.setdefault(reason, []).append(amount)
    ordered = sorted(excess.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(REASONS[reason], len(amounts), _range(reason, amounts)) for reason, amounts in ordered]


def _range(reason: str, amounts: list[float]) -> str:
    write = {"ram": kilobytes, "flash": kilobytes, "macs": millions, "latency": lambda ms: f"{significant(ms)} ms"}[reason]
    low, high = write(min(amounts)), write(max(amounts))
    return f"{low} too much" if low == high else f"{low} to {high} too much"


def _excess_shares(search: dict[str, Any]) -> dict[str, list[float]]:
    """By reason that has a limit: how much too much, as shares of the limit."""
    shares = {}
    for reason, requirement in LIMITS.items():
        amounts = [trial["reasons"][reason] for trial in search["trials"] if reason in trial["reasons"]]
        if amounts and (limit := search["requirements"][requirement]):
            shares[REASONS[reason]] = [amount / limit for amount in amounts]
    return shares


def _drawn(
    search: dict[str, Any], found: list[dict[str, Any]], best: list[dict[str, Any]]
) -> list[tuple[str, str, dict[str, Any]]]:
    """The networks to draw: the best finalists that the search found or, before there are any, the best trials."""
    if found:
        return [(each["name"], _described(each), each["specification"]) for each in found[:DRAWN]]
    objectives = objectives_of(search)
    return [(f"trial {each['number']}", _values(each, objectives), each["specification"]) for each in best[:DRAWN]]


def _lineage(trials: list[dict[str, Any]], number: int | None) -> list[dict[str, Any]]:
    """The best network's line from its first ancestor on, with what changed from each to the next."""
    by_number = {trial["number"]: trial for trial in trials}
    line: list[dict[str, Any]] = []
    while number in by_number:
        trial = by_number.pop(number)  # taken out, so that no line is endless
        line.insert(0, trial)
        number = trial["parent"]
    steps = []
    for before, trial in zip([None, *line], line, strict=False):
        now, old = trial["parameters_of_search"], before["parameters_of_search"] if before else {}
        changes = [
            f"{name} {old.get(name, ABSENT)} → {value}" for name, value in now.items() if before and old.get(name) != value
        ]
        changes += [f"without {name}" for name in old if name not in now]
        accuracy = accuracy_of(trial)
        steps.append(
            {
                "number": trial["number"],
                "state": trial["state"],
                "accuracy": None if accuracy is None else percent(accuracy),
                "width": f"{100 * (accuracy or 0.0):.1f}",
                "inherited": percent(trial["inherited"]) if before else ABSENT,
                "changes": changes,
            }
        )
    return steps


def _trial_row(trial: dict[str, Any], objectives: list[Objective]) -> dict[str, Any]:
    figures, accuracy = trial["figures"], accuracy_of(trial)
    written = {"macs": millions, "parameters": "{:,}".format, "flash": kilobytes, "ram": kilobytes, "estimated_ms": significant}
    values = zip(objectives, trial["objective"], strict=True) if trial["objective"] else ((each, None) for each in objectives)
    return {
        "number": trial["number"],
        "state": trial["state"],
        "why": ", ".join(REASONS[reason] for reason in trial["reasons"]),
        "objectives": [ABSENT if value is None else objective.written(value) for objective, value in values],
        "accuracy": ABSENT if accuracy is None else percent(accuracy),
        "rungs": " → ".join(f"{100 * rung['accuracy']:.0f}" for rung in trial["rungs"]),
        "figures": [write(figures[key]) if key in figures else ABSENT for key, write in written.items()],
        "parent": ABSENT if trial["parent"] is None else trial["parent"],
        "seconds": significant(trial["seconds"]),
        "command": trial["command"],
    }
