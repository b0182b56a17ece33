"""The verifier accepts the planner's plans and finds every fault put into one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from export.boards import default_board
from export.build import compile_plan
from export.errors import AttendNetsError
from export.option_names import PASS_NAMES
from export.plan import Operand, Plan, verify
from export.read import read_bytes
from tests.support.model_builder import ACTIVATION, PADDING, ModelBuilder
from tests.support.stateful import streaming_model


def residual_plan() -> Plan:
    """Two convolutions and the sum of their outputs, then a convolution: three tensors alive at once."""
    builder = ModelBuilder()
    source = builder.tensor((1, 6, 6, 4), 0.1, 0, "source")
    previous = [source]
    for name in ("left", "right"):
        output = builder.tensor((1, 6, 6, 4), 0.1, 0, name)
        weights = builder.constant(np.full((4, 1, 1, 4), len(name), np.int8), [0.01])
        builder.operator(
            "CONV_2D",
            [previous[-1], weights],
            output,
            "Conv2DOptions",
            padding=PADDING["SAME"],
            strideH=1,
            strideW=1,
            dilationHFactor=1,
            dilationWFactor=1,
            fusedActivationFunction=ACTIVATION["NONE"],
        )
        previous.append(output)
    total = builder.tensor((1, 6, 6, 4), 0.1, 0, "sum")
    builder.operator("ADD", previous[1:], total, "AddOptions")
    output = builder.tensor((1, 6, 6, 4), 0.1, 0, "output")
    builder.operator("RELU", [total], output)
    roomy = default_board("cortex-m4").model_copy(update={"ram_limit": 100_000})  # no need for rows
    return compile_plan(read_bytes(builder.build([source], [output]), "residual", "residual"), roomy, (), "", PASS_NAMES)


def test_a_sound_plan_passes() -> None:
    verify(residual_plan())


def arena_buffers(plan: Plan) -> list[int]:
    return [index for index, buffer in enumerate(plan.buffers) if buffer.bank == "arena"]


def test_every_overlap_of_live_buffers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("lower.call", "plan.segment_verifier"):
        monkeypatch.setattr(f"export.{module}.OVERWRITES", {})
    plan = residual_plan()
    moved = 0
    for index in arena_buffers(plan):
        for other in arena_buffers(plan):
            a, b = plan.buffers[index], plan.buffers[other]
            if index != other and a.first <= b.last and b.first <= a.last:
                buffers = list(plan.buffers)
                buffers[index] = replace(a, offset=b.offset)
                with pytest.raises(AttendNetsError, match="unsound"):
                    verify(replace(plan, buffers=tuple(buffers)))
                moved += 1
    assert moved >= 4


def test_a_kernel_may_write_over_an_operand_from_where_that_begins_or_before() -> None:
    plan = residual_plan()
    total = next(step for step in plan.steps if step.operator == "ADD")
    operands = [operand.buffer for operand in total.inputs if operand.buffer is not None]
    read = min(operands, key=lambda index: plan.buffers[index].offset)
    arena = {index: 4 + plan.buffers[index].offset for index in arena_buffers(plan)}
    for offset, sound in ((0, True), (-4, True), (4, False)):
        offsets = arena | {total.output: arena[read] + offset}
        buffers = tuple(replace(buffer, offset=offsets.get(index, buffer.offset)) for index, buffer in enumerate(plan.buffers))
        moved = replace(plan, buffers=buffers, arena_bytes=plan.arena_bytes + 8)
        if sound:
            verify(moved)
        else:
            with pytest.raises(AttendNetsError, match="are not there"):
                verify(moved)


def test_a_buffer_outside_its_bank_is_found() -> None:
    plan = residual_plan()
    for index, buffer in enumerate(plan.buffers):
        buffers = list(plan.buffers)
        buffers[index] = replace(buffer, offset=buffer.offset + 10_000)
        with pytest.raises(AttendNetsError, match="outside"):
            verify(replace(plan, buffers=tuple(buffers)))


def test_steps_out_of_order_are_found() -> None:
    plan = residual_plan()
    steps = list(plan.steps)
    steps[0], steps[1] = steps[1], steps[0]
    with pytest.raises(AttendNetsError, match="are not there"):
        verify(replace(plan, steps=tuple(steps)))


def test_a_missing_step_is_found() -> None:
    plan = residual_plan()
    for index in range(len(plan.steps)):
        with pytest.raises(AttendNetsError):
            verify(replace(plan, steps=plan.steps[:index] + plan.steps[index + 1 :]))


def test_an_output_without_a_buffer_is_found() -> None:
    plan = residual_plan()
    with pytest.raises(AttendNetsError, match="an output is never written"):
        verify(replace(plan, outputs=plan.outputs * 2))


def test_scratch_over_an_operand_is_found() -> None:
    plan = residual_plan()
    operand = plan.steps[2].inputs[0].buffer
    assert operand is not None
    scratch = replace(plan.buffers[operand], tensor="scratch")
    steps = list(plan.steps)
    steps[2] = replace(steps[2], scratch=len(plan.buffers))
    with pytest.raises(AttendNetsError, match=r"are not there|into its own scratch"):
        verify(replace(plan, buffers=(*plan.buffers, scratch), steps=tuple(steps)))


def test_writing_the_input_and_unknown_constants_are_found() -> None:
    plan = residual_plan()
    inputs = [index for index, buffer in enumerate(plan.buffers) if buffer.bank == "input"]
    with pytest.raises(AttendNetsError, match="writes the caller's input"):
        verify(replace(plan, steps=(replace(plan.steps[0], output=inputs[0]), *plan.steps[1:])))
    with pytest.raises(AttendNetsError, match="unknown constant"):
        verify(replace(plan, steps=(replace(plan.steps[0], inputs=(Operand(constant="nothing"),)), *plan.steps[1:])))


def test_an_output_overwritten_between_its_parts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """CONCATENATION fills its output in two steps; what comes and goes in between must not lie there."""
    monkeypatch.setattr("export.plan.order.MOST_SETS", 0)  # the steps stay in the order of the model
    builder = ModelBuilder()
    source, left, passing, right, joined, output = (
        builder.tensor((1, 16 if name in ("joined", "output") else 8), 0.1, 0, name)
        for name in ("source", "left", "passing", "right", "joined", "output")
    )
    for kind, read, written in (("RELU", source, left), ("RELU6", source, passing), ("ABS", passing, right)):
        builder.operator(kind, [read], written)
    builder.operator("CONCATENATION", [left, right], joined, "ConcatenationOptions", axis=1)
    builder.operator("RELU", [joined], output)
    graph = read_bytes(builder.build([source], [output]), "joined", "joined")
    plan = compile_plan(graph, default_board("cortex-m4"), (), "", PASS_NAMES)
    relu, relu6, absolute, first, second, last = plan.steps
    assert first.output == second.output and not first.completes
    apart = {first.output: 0, relu.output: 16, absolute.output: 24, relu6.output: 32}
    steps = (relu, first, relu6, absolute, second, last)
    for offset, sound in ((32, True), (0, False)):
        moved = apart | {relu6.output: offset}
        buffers = tuple(replace(buffer, offset=moved.get(index, buffer.offset)) for index, buffer in enumerate(plan.buffers))
        candidate = replace(plan, steps=steps, buffers=buffers, arena_bytes=40)
        if sound:
            verify(candidate)
        else:
            with pytest.raises(AttendNetsError, match="the bytes of joined are not there"):
                verify(candidate)


def test_shared_models_reach_their_lower_bound() -> None:
    folder = Path(__file__).parents[4] / "shared" / "models"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/models with models of other people is not there")
    for path in sorted(folder.glob("*.tflite")):
        plan = compile_plan(read_bytes(path.read_bytes(), path.name, path.stem.lower()), default_board("cortex-m4"), (), "")
        assert plan.arena_bytes == plan.arena_lower_bound


def streaming_plan() -> Plan:
    return compile_plan(read_bytes(streaming_model(), "streaming", "streaming"), default_board("cortex-m4"), (), "")


def test_a_state_that_is_overwritten_too_early_is_found() -> None:
    """Two states change places: whichever copy comes first, the other needs what it overwrites, unless that was saved."""
    plan = streaming_plan()
    verify(plan)
    copied = [number for number, step in enumerate(plan.steps) if step.operator == "ASSIGN_VARIABLE"]
    saved, *copies = copied
    assert len(copies) == 2 and plan.buffers[plan.steps[saved].output].bank == "arena"
    for first, second in (copies, (saved, copies[0])):
        steps = list(plan.steps)
        steps[first], steps[second] = steps[second], steps[first]
        with pytest.raises(AttendNetsError, match="unsound"):
            verify(replace(plan, steps=tuple(steps)))
    for missing in (saved, *copies):
        with pytest.raises(AttendNetsError, match="unsound"):
            verify(replace(plan, steps=plan.steps[:missing] + plan.steps[missing + 1 :]))


def test_a_kernel_may_overwrite_its_state_in_place_and_nowhere_else() -> None:
    plan = streaming_plan()
    number = next(number for number, step in enumerate(plan.steps) if step.kernel == "an_svdf_state")
    step, steps = plan.steps[number], list(plan.steps)
    state = step.inputs[1].buffer
    assert state is not None and plan.buffers[state].offset == plan.buffers[step.output].offset and state != step.output
    # The same plan is unsound where the kernel is another one, or where its input lies there as well.
    for other in (replace(step, kernel="an_fully_connected"), replace(step, inputs=(step.inputs[1], step.inputs[1]))):
        steps[number] = other
        with pytest.raises(AttendNetsError, match="are not there"):
            verify(replace(plan, steps=tuple(steps)))


def test_states_that_overlap_or_move_are_found() -> None:
    plan = streaming_plan()
    read, written = plan.states[0].read, plan.states[0].written
    for moved in ({read: 8}, {written: 8}, {read: 8, written: 8}):
        buffers = [replace(buffer, offset=moved.get(index, buffer.offset)) for index, buffer in enumerate(plan.buffers)]
        with pytest.raises(AttendNetsError, match="unsound"):
            verify(replace(plan, buffers=tuple(buffers)))
    with pytest.raises(AttendNetsError, match="unknown constant"):
        verify(replace(plan, states=(replace(plan.states[0], constant="nothing"), *plan.states[1:])))
