"""Placement: nothing that lives at the same time overlaps, and the arena is never smaller than it must be."""

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
