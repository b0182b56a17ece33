"""A search beside a random one with the same budget, and what a second worker saves: ``make exploration``.

Writes docs/exploration.json and the table in docs/exploration.md. What is finished in build/exploration is not done again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "exploration"
RESULT, PAGE = ROOT / "docs" / "exploration.json", ROOT / "docs" / "exploration.md"
TASK = "--data digits --prototype attendnet_digits --board stm32f407_discovery --latency-ms 200"
SEARCHES = {
    "tpe": "--min-accuracy 0.97 --trials 60 --epochs 27",
    "random": "--min-accuracy 0.97 --trials 60 --epochs 27 --sampler random --finalists 0",
}
TABLE = "<!-- table: made by make exploration -->\n"
SHORT = "--trials 12 --epochs 9 --finalists 0"
"""What one worker and two are timed with."""


def start(options: str, name: str, worker: bool = False) -> subprocess.Popen[bytes]:
    out = (FOLDER / name).relative_to(ROOT)
    command = [sys.executable, "cli.py", "explore", *TASK.split(), *options.split(), "--out", str(out)]
    return subprocess.Popen([*command, "--worker"] if worker else command, cwd=ROOT)


def searched(name: str) -> dict[str, Any]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    assert start(SEARCHES[name], name).wait() == 0
    return dict(json.loads((FOLDER / name / "search.json").read_text(encoding="utf-8")))


def timed(name: str, workers: int) -> float:
    """Seconds of a short search with so many workers, those included in which they start."""
    begin = time.monotonic()
    processes = [start(SHORT, name), *(start(SHORT, name, worker=True) for _ in range(workers - 1))]
    assert all(process.wait() == 0 for process in processes)
    return time.monotonic() - begin


def summary(search: dict[str, Any]) -> dict[str, Any]:
    trials = search["trials"]
    by_state = {state: [t for t in trials if t["state"] == state] for state in ("rejected", "stopped", "trained")}
    good = [t for t in by_state["trained"] if t["accuracy"] >= search["requirements"]["min_accuracy"]]
    best = max(good, key=lambda trial: trial["objective"][0], default=None)
    accurate = max(by_state["trained"], key=lambda trial: trial["accuracy"])
    return {
        "command": search["command"],
        "trials": {state: len(found) for state, found in by_state.items()},
        "rejected_for": Counter(reason for trial in by_state["rejected"] for reason in trial["reasons"]),
        "seconds_per_trial": {state: round(mean(t["seconds"] for t in found), 2) for state, found in by_state.items() if found},
        "hours": search["hours"],
        "reach_the_floor": len(good),
        "best": best and {key: best[key] for key in ("number", "accuracy", "objective", "figures", "specification")},
        "most_accurate": {key: accurate[key] for key in ("number", "accuracy", "figures")},
        "importance": search["importance"],
        "finalists": search["finalists"],
        "versions": search["versions"],
    }


def rows(results: dict[str, Any]) -> list[str]:
    lines = ["| network | test accuracy, int8 | parameters | MACs | instructions | flash | RAM | NetScore |", "|---" * 8 + "|"]
    for entry in results["tpe"]["finalists"]:
        low, high = (f"{100 * bound:.1f}" for bound in entry["interval"])
        kind = "found" if entry["kind"] == "found" else "scaled"
        lines.append(
            f"| {entry['name']} ({kind}) | {100 * entry['accuracy']:.1f} % ({low} to {high}) | {entry['parameters']:,} | {entry['macs']:,} "
            f"| {entry['instructions']:,} | {entry['flash']:,} | {entry['ram']:,} | {entry['netscore']:.1f} |"
        )
    lines += [
        "",
        "| search | trained to the end | stopped | rejected | reach 0.97 | best NetScore of these | most accurate |",
        "|---" * 7 + "|",
    ]
    for name in SEARCHES:
        found, counts = results[name], results[name]["trials"]
        best = found["best"]
        score = (
            ""
            if best is None
            else f"{best['objective'][0]:.1f}, {100 * best['accuracy']:.1f} %, {best['figures']['macs']:,} MACs"
        )
        lines.append(
            f"| {name} | {counts['trained']} | {counts['stopped']} | {counts['rejected']} | {found['reach_the_floor']} | {score} "
            f"| {100 * found['most_accurate']['accuracy']:.1f} % |"
        )
    one, two = results["seconds_with_one_worker"], results["seconds_with_two_workers"]
    took = f"took {one:.0f} s with one worker and {two:.0f} s with two, on two cores: {one / two:.2f} times as fast"
    lines += ["", f"Twelve candidates of at most nine epochs {took}."]
    return lines


def main() -> None:
    results: dict[str, Any] = {"command": "make exploration", **{name: summary(searched(name)) for name in SEARCHES}}
    timings = {"one": timed("one_worker", 1), "two": timed("two_workers", 2)}
    results |= {f"seconds_with_{name}_worker{'s' * (name == 'two')}": round(seconds, 1) for name, seconds in timings.items()}
    RESULT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    before, _, _ = PAGE.read_text(encoding="utf-8").partition(TABLE)
    PAGE.write_text(before + TABLE + "\n".join(rows(results)) + "\n", encoding="utf-8")
    print("\n".join(rows(results)))


if __name__ == "__main__":
    main()
