"""Plans hold what the lowering asked for."""

import itertools
from dataclasses import replace

import numpy as np

from export.boards import default_board
from export.check import check
from export.lower import lower
from export.plan import Origin, make_plan, verify
from export.read import read_bytes
from tests.support.model_builder import ModelBuilder


def test_scratch_lives_for_its_step_beside_all_that_is_alive() -> None:
    builder = ModelBuilder()
    tensors = [builder.tensor((1, 40), 0.1 * (i + 1), 0, f"t/{i}") for i in range(4)]
    for source, output in itertools.pairwise(tensors):
        builder.operator("QUANTIZE", [source], output, "QuantizeOptions")
    lowering = lower(check(read_bytes(builder.build(tensors[:1], tensors[-1:]), "model", "model")))
    first, second, third = lowering.calls
    lowering = replace(lowering, calls=(first, replace(second, scratch=100), third))
    plan = make_plan(lowering, (), Origin(default_board("cortex-m4"), (), "", ""))
    verify(plan)
    assert [step.scratch is not None for step in plan.steps] == [False, True, False]
    # The second lies over the first.
    assert plan.scratch_bytes == 100 and plan.arena_bytes == plan.arena_lower_bound == 40 + 100


def test_biases_that_are_absent_are_zeros() -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 4), 0.1, 0), builder.tensor((1, 3), 0.1, 0)
    weights = builder.constant(np.ones((3, 4), np.int8), [0.1])
    builder.operator("FULLY_CONNECTED", [source, weights], output, "FullyConnectedOptions")
    graph = check(read_bytes(builder.build([source], [output]), "model", "model"))
    assert graph.biases_of(graph.operators[0], 3).tolist() == [0, 0, 0]
