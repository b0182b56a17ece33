"""Writes docs/results/RUN.json and the table in docs/results.md: ``python docs/make_results.py RUN_FOLDER...``.

A run's folder is what ``attendnets-cli train`` wrote, with what ``attendnets-cli evaluate --out RUN_FOLDER/evaluation`` wrote inside.
"""

import json
import sys
from pathlib import Path
from typing import Any

from attendnets_tf.evaluation import wilson_interval

PAGE = Path(__file__).with_name("results.md")
RESULTS = Path(__file__).with_name("results")
BEGIN, END = "<!-- table: made by docs/make_results.py -->\n", "<!-- end of table -->\n"
FORMS = ("float", "int8")


def result_of(run: Path) -> dict[str, Any]:
    """The model card, the confusion matrix, every epoch, and how the compiled C compared with TensorFlow Lite Micro."""
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    (card,) = (
        content
        for content in (json.loads(path.read_text(encoding="utf-8")) for path in run.glob("*.json"))
        if "sha256" in content
    )
    evaluation = run / "evaluation" / "evaluation.json"
    compiled = None
    if evaluation.is_file():
        report = json.loads(evaluation.read_text(encoding="utf-8"))
        assert report["model"]["sha256"] == card["sha256"]
        compiled = {key: report[key] for key in ("samples", "split", "int8_executor", "equal", "first_difference")}
        compiled |= {"accuracy": report["accuracy"]["compiled"]["accuracy"]}
    return {"card": card, "compiled": compiled, "confusion": metrics["confusion"], "history": metrics["history"]}


def table() -> str:
    lines = ["| run | parameters | multiply-adds | test images | float | int8 | compiled C |", "|---" * 7 + "|"]
    for path in sorted(RESULTS.glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        card, compiled = result["card"], result["compiled"]
        images = card["dataset"]["images"]["test"]
        accuracies = " | ".join(_shown(card["metrics"][form], images) for form in FORMS)
        equal = "not compared" if not compiled else "the same bytes" if compiled["equal"] else "differs"
        lines.append(
            f"| [`{path.stem}`](results/{path.name}) | {card['parameters']:,} | {card['macs'] / 1e6:.1f} M | {images:,} | {accuracies} | {equal} |"
        )
    return "\n".join(lines) + "\n"


def _shown(accuracy: float, images: int) -> str:
    low, high = wilson_interval(round(accuracy * images), images)
    return f"{100 * accuracy:.2f} % ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    RESULTS.mkdir(exist_ok=True)
    for run in map(Path, sys.argv[1:]):
        (RESULTS / f"{run.name}.json").write_text(json.dumps(result_of(run), ensure_ascii=False) + "\n", encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")
