"""Several workers share a search: through a database each candidate is trained once, also where one of them is killed at it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("tensorflow") is None or find_spec("optuna") is None:
    pytest.skip("TensorFlow or Optuna is not installed", allow_module_level=True)

from attendnets_tf.explore.study import STOPPED, TRAINED, Study
from tests.support.explore_worker import tiny_search, write_slopes

ROOT = Path(__file__).parents[3]
TRIALS, WORKERS = 12, 3
DEADLINE_S = 150


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def await_port(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, "the server has ended"
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture
def postgresql() -> Iterator[str]:
    """A PostgreSQL server of its own, with Debian's programs: the URL of an empty database."""
    initdb = shutil.which("initdb") or next((str(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if initdb is None or find_spec("psycopg") is None:
        pytest.skip("PostgreSQL (Debian: postgresql) or psycopg is not installed")
    # It does not run as root.
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    folder, port = Path(tempfile.mkdtemp(prefix="pg")), free_port()
    folder.chmod(0o777)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    try:
        subprocess.run([initdb, "-D", folder / "data", "-A", "trust", "-U", "explore"], check=True, **quiet, **user)  # type: ignore[call-overload]
        command = [str(Path(initdb).with_name("postgres")), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
        server = subprocess.Popen([*command, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"], **quiet, **user)  # type: ignore[call-overload]
        try:
            await_port(port, server)
            yield f"postgresql+psycopg://explore@127.0.0.1:{port}/postgres"
        finally:
            # Also where clients are still connected
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'study.db'}"


def start_worker(data: Path, out: Path, storage: str, log: Path) -> subprocess.Popen[bytes]:
    module = [sys.executable, "-m", "tests.support.explore_worker"]
    return subprocess.Popen([*module, str(data), str(out), storage, str(TRIALS), str(log)], cwd=ROOT)


def events(log: Path) -> list[tuple[str, int]]:
    lines = log.read_text().splitlines() if log.is_file() else []
    return [(word, int(number)) for word, number in (line.split() for line in lines)]


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_a_killed_workers_candidate_is_trained_by_another(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    storage = request.getfixturevalue(database)
    data, out = write_slopes(tmp_path / "slopes.npz"), tmp_path / "out"
    logs = [tmp_path / f"log{number}" for number in range(WORKERS)]
    workers = [start_worker(data, out, storage, log) for log in logs]
    victim, its_log = workers[0], logs[0]
    give_up = time.monotonic() + DEADLINE_S
    try:
        # In the middle of its second candidate
        while Counter(word for word, _ in events(its_log))["begin"] < 2:
            assert time.monotonic() < give_up and victim.poll() is None
            time.sleep(0.02)
        victim.kill()
        victim.wait()
        for worker in workers[1:]:
            assert worker.wait(timeout=give_up - time.monotonic()) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    happened = [event for log in logs for event in events(log)]
    begun, ended = ([number for word, number in happened if word == kind] for kind in ("begin", "end"))
    lost = set(begun) - set(ended)
    assert len(begun) == len(set(begun)) and len(ended) == len(set(ended)), "no candidate is trained twice under one number"
    assert len(lost) == 1
    trials = Study(tiny_search(data, out, storage, TRIALS)).trials()
    done = [trial for trial in trials if trial.user_attrs.get("state") in (STOPPED, TRAINED)]
    assert len(done) == TRIALS and {trial.number for trial in done} == set(ended)
    # What was lost was taken up again, once.
    again = [trial for trial in done if trial.system_attrs.get("failed_trial", -1) in lost]
    assert len(again) == 1 and again[0].params


def test_workers_meet_through_a_proxy(tmp_path: Path) -> None:
    storage, port = f"sqlite:///{tmp_path / 'behind.db'}", free_port()
    serve = f"import optuna; optuna.storages.run_grpc_proxy_server(optuna.storages.RDBStorage({storage!r}), host='127.0.0.1', port={port})"
    server = subprocess.Popen([sys.executable, "-c", serve])
    data, out = write_slopes(tmp_path / "slopes.npz"), tmp_path / "out"
    try:
        await_port(port, server)
        log = tmp_path / "log"
        workers = [start_worker(data, out, f"grpc://127.0.0.1:{port}", log) for _ in range(2)]
        assert [worker.wait(timeout=DEADLINE_S) for worker in workers] == [0, 0]
    finally:
        server.terminate()
        server.wait()
    ended = [number for word, number in events(log) if word == "end"]
    assert len(ended) == len(set(ended)) == TRIALS
