"""Segments: their proof sees every mistake, and their schedules are the best there are."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from attendnets_tf.pretrained import FOLDER, bundled_model
from export.boards import default_board
from export.build import compile_plan, lower_model
from export.errors import AttendNetsError, DoesNotFitError
from export.plan import Plan, choice, verify
from export.plan.choice import alternatives, choose
from export.plan.lives import lives_of
from export.plan.plan import PlannedSegment
from export.plan.schedule import _candidates, _single, schedules
from export.read import read_bytes
from tests.support.streamed_models import StreamedModel

SEEDS = range(12)


def graph_of(seed: int) -> object:
    return read_bytes(StreamedModel(seed).build(), "streamed", "streamed")


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "SLOWDOWN", 1000.0)
        found = [compile_plan(graph_of(seed), default_board("cortex-m4"), (), "") for seed in SEEDS]  # type: ignore[arg-type]
    return [plan for plan in found if plan.segments]


def changed(plan: Plan, number: int, segment: PlannedSegment) -> Plan:
    return replace(plan, segments=(*plan.segments[:number], segment, *plan.segments[number + 1 :]))


def refused(plan: Plan) -> str:
    with pytest.raises(AttendNetsError, match="unsound") as error:
        verify(plan)
    return error.value.message


def test_plans_are_sound(plans: list[Plan]) -> None:
    assert len(plans) >= 8
    for plan in plans:
        verify(plan)


def test_a_row_less_is_seen(plans: list[Plan]) -> None:
    seen = 0
    for plan in plans:
        for number, segment in enumerate(plan.segments):
            for position, stream in enumerate(segment.streams):
                if stream.rows in (1, stream.height):
                    continue
                smaller = replace(stream, rows=stream.rows - 1)
                buffers = list(plan.buffers)
                buffers[stream.buffer] = replace(
                    buffers[stream.buffer], bytes=smaller.rows * stream.row_bytes, rows=smaller.rows
                )
                streams = (*segment.streams[:position], smaller, *segment.streams[position + 1 :])
                # A ring that does not slide is rounded up to whole blocks: it may have had a row to spare, but then blocks wrap.
                refused(replace(changed(plan, number, replace(segment, streams=streams)), buffers=tuple(buffers)))
                seen += 1
    assert seen > 10


def test_a_pass_less_is_seen(plans: list[Plan]) -> None:
    for plan in plans:
        for number, segment in enumerate(plan.segments):
            assert "is not done" in refused(changed(plan, number, replace(segment, passes=segment.passes - 1)))


def test_rings_that_overlap_are_seen(plans: list[Plan]) -> None:
    seen = 0
    for plan in plans:
        for segment in plan.segments:
            carried = [
                s for s in segment.streams if (b := plan.buffers[s.buffer]).first == segment.first and b.last == segment.last
            ]
            for one, other in combinations(carried, 2):
                buffers = list(plan.buffers)
                buffers[one.buffer] = replace(buffers[one.buffer], offset=buffers[other.buffer].offset)
                if buffers[one.buffer].offset + buffers[one.buffer].bytes <= plan.arena_bytes:
                    refused(replace(plan, buffers=tuple(buffers)))
                    seen += 1
    assert seen > 5


def test_an_output_over_rows_that_are_still_read_is_seen(plans: list[Plan]) -> None:
    """It may begin where the source does; where that ends is too late, and so is not waiting for more rows."""
    later = sooner = 0
    for plan in plans:
        for segment in plan.segments:
            step = plan.steps[segment.last]
            output = plan.buffers[step.output]
            sources = [plan.buffers[segment.streams[source].buffer] for source in segment.sources if not segment.pushed]
            source = next((s for s in sources if s.bank == output.bank == "arena" and s.offset == output.offset), None)
            if source is None:
                continue
            assert step.turns is not None
            waiting = [reads is not None and reads[3] > 0 for reads in step.turns.reads]
            if any(waiting):
                reads = tuple(r and (*r[:3], 0) for r in step.turns.reads)
                steps = list(plan.steps)
                steps[segment.last] = replace(step, turns=replace(step.turns, reads=reads))
                refused(replace(plan, steps=tuple(steps)))
                sooner += 1
            buffers = list(plan.buffers)
            buffers[step.output] = replace(output, offset=output.offset + source.bytes - 1)
            refused(replace(plan, buffers=tuple(buffers), arena_bytes=plan.arena_bytes + output.bytes))
            later += 1
    assert later > 3 and sooner > 1, (later, sooner)


def test_other_windows_are_seen(plans: list[Plan]) -> None:
    """A step that reads more rows than its ring holds, or parameters that do not suit the turns."""
    for plan in plans:
        segment = plan.segments[0]
        step = plan.steps[segment.first]
        assert step.turns is not None
        source = segment.streams[segment.stream_of(step.inputs[0].buffer or 0)]
        earlier = tuple(reads and (reads[0], reads[1] + 3, reads[2] + 3, reads[3]) for reads in step.turns.reads)
        for turns in (
            replace(step.turns, reads=earlier if source.rows < source.height else ()),
            replace(step.turns, pieces=step.turns.pieces[:-1]),
            replace(step.turns, count=step.turns.count + 1),
        ):
            steps = list(plan.steps)
            steps[segment.first] = replace(step, turns=turns)
            refused(replace(plan, steps=tuple(steps)))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_way_to_cut_has_a_lower_peak(seed: int) -> None:
    """Against all ways: within the hundredth by which the limits go down."""
    lowering = lower_model(graph_of(seed), "dsp").lowering  # type: ignore[arg-type]
    lives, calls = lives_of(lowering), lowering.calls
    ends = range(len(calls) + 1)
    cuts = frozenset(n for n in ends if n in (0, len(calls)) or len(lives.crossing(n)) <= 1)
    candidates = _candidates(lowering, lives, cuts)
    singles = [_single(lives, number, call) for number, call in enumerate(calls)]

    def lowest(end: int, pushed: bool) -> int:
        """Of all ways to plan the calls before ``end``, the first of which take the input in rows or do not."""
        if end == 0:
            return 0
        ways = [max(lowest(end - 1, pushed), singles[end - 1])] if end > 1 or not pushed else []
        for segment, peak, _ in candidates.get(end, ()):
            if segment.pushed == (pushed and segment.first == 0):
                ways.append(max(lowest(segment.first, pushed), peak))
        return min(ways, default=1 << 40)

    found = list(schedules(lowering, lives))
    assert not found[0].segments and found[0].peak == max(singles) + lives.input_bytes
    least = min(lowest(len(calls), False) + lives.input_bytes, lowest(len(calls), True))
    assert least <= found[-1].peak <= least * 1.0102
    assert [schedule.peak for schedule in found] == sorted((schedule.peak for schedule in found), reverse=True)


@pytest.mark.parametrize("model", [bundled_model(), FOLDER / "attendnet_nano_cifar10.tflite"], ids=lambda path: path.stem)
@pytest.mark.parametrize("target", ["cortex-m0", "cortex-m4", "cortex-m55"])
def test_a_limit_of_ram_is_kept_or_told(model: Path, target: str) -> None:
    graph = read_bytes(model.read_bytes(), model.name, model.stem)
    board = default_board(target)
    least = compile_plan(graph, board, (), "")
    total = least.arena_bytes + least.variable_bytes
    for limit in (total + 2048, total + 20_000, 10 * total):
        plan = compile_plan(graph, board.model_copy(update={"ram_limit": limit}), (), "")
        assert plan.arena_bytes + plan.variable_bytes <= limit
    assert not plan.segments, "with RAM enough, nothing is streamed"
    with pytest.raises(DoesNotFitError, match="most at the layer") as error:
        compile_plan(graph, board.model_copy(update={"ram_limit": total // 4}), (), "")
    assert "more than it may use" in error.value.message and "would fit with an input of" in error.value.hint


def test_least_ram_is_at_most_a_twentieth_slower() -> None:
    lowering = lower_model(read_bytes(bundled_model().read_bytes(), "m", "m"), "dsp").lowering
    lives = lives_of(lowering)
    least, fastest = choose(lowering, lives, None), choose(lowering, lives, 1 << 30)
    assert least.cost <= 1.05 * fastest.cost and least.ram < fastest.ram
    others = alternatives(lowering, lives)
    assert [o.ram for o in others] == sorted(o.ram for o in others)
    assert [o.estimated_instructions for o in others] == sorted((o.estimated_instructions for o in others), reverse=True)
    assert others[-1].streamed == 0 and others[0].streamed > 0
