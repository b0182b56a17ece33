"""Trains AttendNetNano with every form of selective attention on CIFAR-10: ``make attention-ablation``.

Short runs, the same recipe for all, one per form and seed, two at a time; an interrupted ablation goes on where it was. Results go to
docs/attention_ablation.json, the page about them is docs/attention-ablation.md.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from attendnets_tf.specification import FORMS, GATES, Attention, Specification, load_specification

ROOT = Path(__file__).parents[1]
RUNS, RECIPE = Path("runs/attention_ablation"), Path("recipes/attention_ablation.toml")
RESULT, PAGE = ROOT / "docs" / "attention_ablation.json", ROOT / "docs" / "attention-ablation.md"
SEEDS = (1, 2, 3)
METRICS = ("validation_float", "validation_qat", "float", "int8")
TABLE = "<!-- table: made by make attention-ablation -->\n"


def variants() -> dict[str, Specification]:
    """The same network with every F and gate."""
    network = load_specification("attendnet_nano")
    assert isinstance(network, Specification)
    attentions = [Attention(form, gate) for form in FORMS if form != "scale_add" for gate in GATES] + [
        Attention("scale_add", None)
    ]
    return {
        " ".join(filter(None, (attention.form, attention.gate))): replace(network, attention=attention)
        for attention in attentions
    }


def train(name: str, specification: Specification, seed: int, data: str) -> dict[str, Any]:
    """One run by the command line, as a user would do it; what it measured on validation and test images."""
    file = RUNS / f"{name.replace(' ', '_')}.json"
    file.write_text(specification.to_json(), encoding="utf-8")
    run = RUNS / f"{file.stem}_{seed}"
    command = f"train {data} --recipe {RECIPE} --specification {file} --seed {seed} --out {run} --json"
    if not (run / "metrics.json").is_file():
        subprocess.run([sys.executable, "-m", "cli", *command.split()], stdout=subprocess.DEVNULL, check=True)
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    card = json.loads((run / f"{specification.name}.json").read_text(encoding="utf-8"))
    result = {"attention": name, "seed": seed, "parameters": metrics["parameters"], "macs": metrics["macs"]}
    result |= {metric: metrics["accuracy"][metric] for metric in METRICS}
    print(json.dumps(result), flush=True)
    return result | {key: card[key] for key in ("command", "versions", "sha256")}


def table(runs: list[dict[str, Any]]) -> str:
    """Means over the seeds with the least and the greatest, the best by quantized validation first."""
    lines = [
        "| F and gate | parameters | multiply-adds | validation, float | validation, int8 rounding | test, float | test, int8 |"
    ]
    lines.append("|---" * 7 + "|")
    groups = [[run for run in runs if run["attention"] == name] for name in dict.fromkeys(run["attention"] for run in runs)]
    for group in sorted(groups, key=lambda group: -statistics.mean(run["validation_qat"] for run in group)):
        values = [[100 * run[metric] for run in group] for metric in METRICS]
        cells = [f"{statistics.mean(value):.2f} ({min(value):.2f} to {max(value):.2f})" for value in values]
        first = group[0]
        lines.append(f"| {first['attention']} | {first['parameters']:,} | {first['macs'] / 1e6:.2f} M | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(data: str) -> None:
    RUNS.mkdir(parents=True, exist_ok=True)
    jobs = [(name, specification, seed, data) for seed in SEEDS for name, specification in variants().items()]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda job: train(*job), jobs))
    result = {"command": f"make attention-ablation DATA={data}", "machine": platform.machine(), "runs": runs}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(TABLE)
    PAGE.write_text(before + TABLE + table(runs) + rest[rest.find("\n\n") + 1 :], encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
