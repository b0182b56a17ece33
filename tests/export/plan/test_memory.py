"""Placement: nothing that lives at the same time overlaps, and the arena is never smaller than it must be."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from export.plan.memory import ALIGNMENT, Request, lower_bound, place


@st.composite
def requests(draw: st.DrawFn) -> list[Request]:
    result = []
    for _ in range(draw(st.integers(0, 20))):
        first = draw(st.integers(0, 15))
        result.append(Request(draw(st.integers(1, 1000)), first, first + draw(st.integers(0, 5))))
    return result


@given(requests())
def test_placement_is_sound_and_deterministic(buffers: list[Request]) -> None:
    placement = place(buffers)
    assert placement.bytes >= placement.lower_bound == lower_bound(buffers)
    for i, a in enumerate(buffers):
        start = placement.offsets[i]
        assert start % ALIGNMENT == 0 and start >= 0 and start + a.bytes <= placement.bytes
        for j, b in enumerate(buffers[:i]):
            if a.first <= b.last and b.first <= a.last:
                other = placement.offsets[j]
                assert start + a.bytes <= other or other + b.bytes <= start
    assert place(buffers) == placement


def test_a_chain_reaches_the_lower_bound() -> None:
    chain = [Request(size, step, step + 1) for step, size in enumerate([400, 800, 200, 600, 100])]
    assert place(chain).bytes == 1200 == lower_bound(chain)


def test_nothing_needs_nothing() -> None:
    assert place([]).bytes == 0


@given(
    buffers=st.lists(st.builds(Request, st.integers(1, 60), st.integers(0, 4), st.integers(4, 8)), max_size=12),
    boundary=st.integers(0, 200),
)
def test_no_buffer_lies_on_both_sides_of_a_boundary(buffers: list[Request], boundary: int) -> None:
    placement = place(buffers, boundary)
    for buffer, offset in zip(buffers, placement.offsets, strict=True):
        assert not offset < boundary < offset + buffer.bytes


SMALL = st.lists(st.builds(Request, st.integers(1, 12), st.integers(0, 2), st.integers(2, 4)), min_size=1, max_size=4)


def apart(requests: list[Request], offsets: tuple[int, ...], pairs: frozenset[tuple[int, int]]) -> bool:
    """Whether no two overlap while both live, but those of which the written one begins where the read one does, or before."""
    for i, a in enumerate(requests):
        for j, b in enumerate(requests[:i]):
            if a.first > b.last or b.first > a.last or offsets[i] + a.bytes <= offsets[j] or offsets[j] + b.bytes <= offsets[i]:
                continue
            if not (((i, j) in pairs and offsets[i] <= offsets[j]) or ((j, i) in pairs and offsets[j] <= offsets[i])):
                return False
    return True


@given(buffers=SMALL, data=st.data())
def test_no_placement_of_a_few_buffers_is_smaller(buffers: list[Request], data: st.DataObject) -> None:
    """Against all placements, some of which write one buffer over another."""
    written = data.draw(st.none() | st.integers(1, len(buffers)))
    pairs = frozenset({(written, 0)}) if written and written < len(buffers) else frozenset()
    placement = place(buffers, pairs=pairs)
    assert apart(buffers, placement.offsets, pairs)
    assert placement.bytes >= placement.lower_bound == lower_bound(buffers, pairs)
    least = placement.bytes - ALIGNMENT
    starts = [range(0, least - request.bytes + 1, ALIGNMENT) for request in buffers]
    assert not any(apart(buffers, offsets, pairs) for offsets in product(*starts))
