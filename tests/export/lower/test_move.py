"""Neighbouring axes that step alike are walked as one, and what lies together is copied as one block."""

import pytest

from export.graph import Operator, Tensor
from export.lower.move import gather, move

OPERATOR = Operator(0, "TRANSPOSE", "layer", (0, 1), (2,))


def tensor(shape: tuple[int, ...], dtype: str = "int8") -> Tensor:
    return Tensor(0, "x", shape, dtype)


@pytest.mark.parametrize(
    ("axes", "dtype", "sizes", "steps", "block"),
    [
        # A copy is one block.
        ([(2, 60), (3, 20), (4, 5), (5, 1)], "int8", (1, 1, 1, 1, 1), (0, 0, 0, 0, 0), 120),
        # NHWC to NCHW: rows and columns are one axis.
        ([(2, 60), (5, 1), (3, 20), (4, 5)], "int8", (1, 1, 2, 5, 12), (0, 0, 60, 1, 5), 1),
        # Some columns of every row, as floats.
        ([(2, 60), (3, 20), (2, 5), (5, 1)], "float32", (1, 1, 1, 1, 6), (0, 0, 0, 0, 80), 40),
        # Broadcasting, and backwards.
        ([(2, 0), (3, 0), (4, 1)], "int8", (1, 1, 1, 1, 6), (0, 0, 0, 0, 0), 4),
        ([(3, -4), (4, -1)], "int8", (1, 1, 1, 1, 12), (0, 0, 0, 0, -1), 1),
    ],
)
def test_walks(axes: list[tuple[int, int]], dtype: str, sizes: tuple[int, ...], steps: tuple[int, ...], block: int) -> None:
    call = move(OPERATOR, tensor((2, 3, 4, 5), dtype), tensor((2, 3, 4, 5), dtype), axes)
    assert call.parameters == {"sizes": sizes, "steps": steps, "offset": 0, "block_size": block}


def test_tables_hold_only_the_axes_between_whole_ones() -> None:
    source = tensor((2, 3, 4, 5))
    call = gather(OPERATOR, source, source, [[0, 1], [2, 0, 1], [0, 1, 2, 3], [0, 1, 2, 3, 4]])
    assert call.parameters == {"repeats": 2, "repeat_step": 60, "sizes": (1, 1, 1, 3), "block_size": 20}
    assert call.constants[0].values.tolist() == [0, 0, 0, 40, 0, 20]
