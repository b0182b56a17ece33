"""Random graphs, compiled under sanitizers and compared with TensorFlow Lite Micro byte for byte: ``make fuzz``.

    python -m tests.fuzz [first seed] [number of graphs]

Every graph runs on several inputs. Those with odd seeds leave out a random choice of optimization passes. The result goes to docs/fuzz.json.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np

from export.boards import default_board
from export.build import compile_plan
from export.compile.host import compile_host_program
from export.option_names import PASS_NAMES
from export.read import read_bytes
from export.render import render
from tests.support.graphs import random_graph
from tests.support.oracle import tflm

RESULT = Path(__file__).parents[1] / "docs" / "fuzz.json"
SAMPLES = 4


def run(seed: int) -> tuple[int, list[str], str | None]:
    """The seed, the kinds of operators of its graph, and what went wrong with it."""
    case = random_graph(seed)
    graph = read_bytes(case.model, "random graph", "random_graph")
    kinds = [operator.kind for operator in graph.operators]
    chosen = random.Random(seed)
    without = [name for name in PASS_NAMES if seed % 2 and chosen.random() < 0.5]
    generator = np.random.default_rng(seed)
    extremes = [[np.full_like(values, value) for values in case.inputs] for value in (-128, 127)]
    noise = [[generator.integers(-128, 128, v.shape, np.int8) for v in case.inputs] for _ in range(SAMPLES - 3)]
    samples = [case.inputs, *extremes, *noise]
    try:
        board = default_board("cortex-m4")
        plan = compile_plan(graph, board, (), "0" * 64, without)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            (folder / "project").mkdir()
            render(plan, folder / "project")
            program = compile_host_program(folder / "project", folder / "program")
            fed = b"".join(values.tobytes() for sample in samples for values in sample)
            done = subprocess.run([program], input=fed, capture_output=True, timeout=120, check=False)
        expected = b"".join(output.tobytes() for sample in samples for output in map(np.asarray, tflm(case.model, sample)))
    except Exception as error:  # whatever it is, it belongs into the report
        return seed, kinds, f"{type(error).__name__}: {error}"
    if done.returncode:
        return seed, kinds, done.stderr.decode(errors="replace")[:2000]
    return seed, kinds, None if done.stdout == expected else f"bytes differ, without {without}"


def main(first: int, count: int) -> None:
    started = time.monotonic()
    kinds: Counter[str] = Counter()
    failures: dict[int, str] = {}
    with ProcessPoolExecutor() as pool:
        for number, (seed, found, failure) in enumerate(pool.map(run, range(first, first + count)), start=1):
            kinds.update(found)
            if failure:
                failures[seed] = failure
                print(f"seed {seed}: {failure}")
            if number % 100 == 0:
                print(f"{number} graphs, {len(failures)} failures, {time.monotonic() - started:.0f} s", flush=True)
    result = {
        "command": f"python -m tests.fuzz {first} {count}",
        "graphs": count,
        "inputs_per_graph": SAMPLES,
        "operators": dict(sorted(kinds.items())),
        "failures": failures,
        "seconds": round(time.monotonic() - started),
        "tflite-micro": version("tflite-micro"),
        "compiler": "the host's, with AddressSanitizer and UndefinedBehaviorSanitizer",
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{count} graphs of {sum(kinds.values())} operators: {len(failures)} failures")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] or ["0", "1000"])))
