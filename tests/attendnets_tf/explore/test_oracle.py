"""The constraints of a search are what the compiler says of an untrained graph."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.util import find_spec
from statistics import median

import optuna
import pytest

from attendnets_tf.explore.oracle import CODE_BYTES, Requirements, judge
from attendnets_tf.explore.space import Space
from attendnets_tf.pretrained import FOLDER
from attendnets_tf.specification import Specification, load_specification
from export.boards import Board, load_board
from export.build import build, compile_plan
from export.plan.estimate import CYCLES_PER_INSTRUCTION, estimated_ms
from export.project import load_project
from export.read import read_bytes
from export.run.unicorn import UnicornDevice
from export.verify import random_samples


def board() -> Board:
    return load_board("stm32f407_discovery")


def specification(name: str) -> Specification:
    found = load_specification(name)
    assert isinstance(found, Specification)
    return found


@pytest.mark.parametrize("name", ["attendnet_nano", "attendnet_digits"])
def test_figures_are_those_of_the_trained_model(name: str) -> None:
    file = FOLDER / ("attendnet_nano_cifar10.tflite" if name == "attendnet_nano" else "attendnet_digits.tflite")
    limit = board().model_copy(update={"ram_limit": 192 * 1024})
    plan = compile_plan(read_bytes(file.read_bytes(), file.name, "trained"), limit, (), "")
    verdict = judge(specification(name), Requirements(board()))
    assert not verdict.excess and verdict.plan is not None
    assert verdict.figures["macs"] == plan.macs
    assert verdict.plan.arena_bytes == plan.arena_bytes
    assert verdict.figures["estimated_instructions"] == plan.estimated_instructions
    assert 0 <= verdict.figures["flash"] - CODE_BYTES - plan.constant_bytes <= 1024  # the table of softmax


def test_what_is_too_much_is_named_with_how_much() -> None:
    nano, usual = specification("attendnet_nano"), Requirements(board())
    figures = judge(nano, usual).figures
    assert judge(nano, replace(usual, macs=int(figures["macs"]))).excess == {}
    assert judge(nano, replace(usual, macs=int(figures["macs"]) - 5)).excess == {"macs": 5}
    too_slow = judge(nano, replace(usual, latency_ms=figures["estimated_ms"] / 2)).excess
    assert too_slow.keys() == {"latency"} and 0 < too_slow["latency"] <= figures["estimated_ms"] / 2
    small = replace(usual, board=board().model_copy(update={"ram_limit": 20_000}))
    assert judge(nano, small).excess.keys() == {"ram"}
    memories = board().model_copy(update={"flash": board().flash.model_copy(update={"bytes": 64 * 1024})})
    assert judge(nano, replace(usual, board=memories)).excess.keys() == {"flash"}


def test_less_ram_makes_a_network_slower_before_it_is_rejected() -> None:
    nano = specification("attendnet_nano")
    times = []
    for ram in (120_000, 40_000, 32_000):
        verdict = judge(nano, Requirements(board().model_copy(update={"ram_limit": ram})))
        assert not verdict.excess and verdict.figures["ram"] <= ram
        times.append(verdict.figures["estimated_ms"])
    assert times == sorted(times) and times[0] < times[-1]


def test_a_candidate_is_judged_in_less_than_a_third_of_a_second() -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3))
    space, needed = Space(specification("attendnet_nano")), []
    for _ in range(25):
        network = space.draw(study.ask(), "candidate", 10)
        begin = time.process_time()
        judge(network, Requirements(board(), latency_ms=200))
        needed.append(time.process_time() - begin)
    assert median(needed) < 0.3


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
@pytest.mark.parametrize("name", ["attendnet_nano", "attendnet_digits", "attendnet_b"])
def test_parameters_are_counted_as_keras_has_them(name: str) -> None:
    from attendnets_tf.model import build_model, count_parameters

    network = replace(specification(name), attention=replace(specification(name).attention, form="mul", gate="relu6"))
    unlimited = board().model_copy(update={"ram_limit": 1 << 24})
    assert judge(network, Requirements(unlimited, macs=1)).figures["parameters"] == count_parameters(build_model(network))


@pytest.mark.parametrize("core", sorted(CYCLES_PER_INSTRUCTION))
def test_estimated_time_is_close_to_that_of_the_cycle_model(core: str, tmp_path: object) -> None:
    """Within a twentieth, from the kernels' cost models alone."""
    from pathlib import Path

    from export.boards import default_board

    where = default_board(core).model_copy(update={"ram_limit": 60_000})
    folder = Path(str(tmp_path)) / "out"
    made = build(FOLDER / "attendnet_nano_cifar10.tflite", where, folder)
    project = load_project(folder)
    with UnicornDevice(project.elf, project.board) as device:
        reply = device.infer(next(iter(random_samples(1, project.inputs))).tobytes())
    assert reply.estimated_ms is not None
    assert estimated_ms(made.plan.estimated_instructions, where) == pytest.approx(reply.estimated_ms, rel=0.05)
