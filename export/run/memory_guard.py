"""Which memory a model must not write to."""

from collections.abc import Iterator

from ..boards import Board
from ..compile.elf import Image
from .peripherals import PAGE, pages


def forbidden_ranges(image: Image, board: Board, model: str) -> Iterator[tuple[int, int]]:
    """[first, last) of everything writable that is neither arena, stack, output buffer nor a variable of ``model``, sorted.

    Also the peripherals: a model has no business there.
    """
    for page in pages(board):
        yield page, page + PAGE
    allowed = sorted(_allowed_ranges(image, model))
    for bank in sorted(board.ram, key=lambda bank: bank.address):
        first = bank.address
        for start, end in allowed:
            if bank.address <= start < bank.end:
                if start > first:
                    yield first, start
                first = max(first, end)
        if first < bank.end:
            yield first, bank.end


def _allowed_ranges(image: Image, model: str) -> Iterator[tuple[int, int]]:
    for section in ("stack", "arena", "arena_2"):
        yield image.value(f"__{section}_start"), image.value(f"__{section}_end")
    for name, symbol in image.objects.items():
        if name == "an_output" or name.startswith(f"{model}_"):
            yield symbol.address, symbol.address + symbol.size
