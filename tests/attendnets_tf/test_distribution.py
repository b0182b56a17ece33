"""Distributed training: two worker processes learn what one does with the doubled batch."""

import json
import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

if find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

from attendnets_tf.batches import TrainingBatches
from attendnets_tf.configuration import Augmentation
from attendnets_tf.data import Split
from attendnets_tf.distribution import Share, strategy_for
from export.errors import AttendNetsError

ROOT = Path(__file__).parents[2]
SPECIFICATION = {
    "version": 1,
    "name": "tiny",
    "input": {"height": 8, "width": 8, "channels": 1},
    "classes": 2,
    "stem": {"filters": 4, "stride": 1},
    "stages": [{"filters": 4, "blocks": 2, "stride": 1, "condenser_channels": 2}],
    "attention": {"form": "mul_residual", "gate": "sigmoid"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    labels = np.arange(80) % 2
    images = np.random.default_rng(0).integers(0, 100, (80, 8, 8))
    images[labels == 1] += np.linspace(0, 150, 8, dtype=int)[:, None]
    np.savez(tmp_path / "slopes.npz", x=images.astype(np.uint8), y=labels)
    (tmp_path / "tiny.json").write_text(json.dumps(SPECIFICATION))
    return tmp_path


def start(folder: Path, out: str, *options: str, cluster: dict[str, Any] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, ROOT / "cli.py", "train", folder / "slopes.npz", "--specification", folder / "tiny.json"]
    command += ["--epochs", "3", "--qat-epochs", "2", "--batch-size", "16", "--flip", "--out", folder / out, *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | ({"TF_CONFIG": json.dumps(cluster)} if cluster else {})
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    output = process.communicate(timeout=200)[0]
    assert process.returncode == 0, output
    return output


@pytest.mark.timeout(280)
def test_two_workers_learn_what_one_learns_with_the_doubled_batch(folder: Path) -> None:
    finished(start(folder, "one"))
    workers = [f"localhost:{port}" for port in free_ports(2)]
    cluster = {"worker": workers}
    both = [
        start(
            folder, "two", "--distribution", "workers", cluster={"cluster": cluster, "task": {"type": "worker", "index": index}}
        )
        for index in range(2)
    ]
    for process in both:
        finished(process)
    one, two = (json.loads((folder / name / "metrics.json").read_text())["history"] for name in ("one", "two"))
    assert [(epoch["phase"], epoch["epoch"]) for epoch in one] == [(epoch["phase"], epoch["epoch"]) for epoch in two]
    for alone, shared in zip(one, two, strict=True):
        # Sums are taken in another order; where values are rounded to int8, that can tip single values.
        tolerance = 1e-4 if alone["phase"] == "float" else 2e-2
        assert shared["loss"] == pytest.approx(alone["loss"], rel=tolerance)
        assert shared["validation_loss"] == pytest.approx(alone["validation_loss"], rel=tolerance)
    assert one[2]["loss"] < one[0]["loss"]
    assert {path.name for path in (folder / "two").iterdir()} == {path.name for path in (folder / "one").iterdir()}


def test_shares_together_are_the_whole_batch() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), dtype=np.uint8)
    batches = TrainingBatches(Split(images, np.arange(20) % 5), 5, 8, Augmentation(0.25, flip=True, tone=0.1, erase=0.3))
    whole = list(batches.epoch((1,)))
    halves = [list(batches.epoch((1,), Share(start, start + 4, 2))) for start in (0, 4)]
    assert [len(part) for part in (whole, *halves)] == [2, 4, 4]
    for number, (x, y) in enumerate(whole):
        pieces = [piece for half in halves for piece in half[2 * number : 2 * number + 2]]
        assert np.array_equal(np.concatenate([piece[0] for piece in pieces]), x)
        assert np.array_equal(np.concatenate([piece[1] for piece in pieces]), y)


def test_uneven_batches_are_refused(folder: Path) -> None:
    cluster = {"cluster": {"worker": [f"localhost:{port}" for port in free_ports(2)]}}
    options = ("--distribution", "workers", "--batch-size", "15")
    both = [
        start(folder, "odd", *options, cluster=cluster | {"task": {"type": "worker", "index": index}}) for index in range(2)
    ]
    for process in both:
        output = process.communicate(timeout=120)[0]
        assert process.returncode == 2, output
        assert "15 images of a batch cannot be shared out to 2 replicas" in output


def test_what_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(AttendNetsError, match="finds no GPU") as caught:
        strategy_for("gpus")
    assert "--distribution" in caught.value.hint
    process = start(
        folder,
        "none",
        "--distribution",
        "workers",
        cluster={"cluster": {"worker": ["localhost:1"]}, "task": {"type": "worker", "index": 3}},
    )
    output = process.communicate(timeout=120)[0]
    assert process.returncode in (1, 2) and "TF_CONFIG" in output and "Traceback" not in output, output


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
