"""Which memory a model must not write to."""

from collections.abc import Iterator

from ..compile.elf import Image
from ..targets import Target

_PERIPHERAL_BYTES = 0x1000


def forbidden_ranges(image: Image, target: Target, model: str) -> Iterator[tuple[int, int]]:
    """[first, last) of everything writable that is neither arena, stack, output buffer nor a variable of ``model``, sorted.

    Also the peripherals: a model has no business there.
    """
    for peripheral in sorted((target.timer, target.uart)):
        yield peripheral, peripheral + _PERIPHERAL_BYTES
    first = target.ram.address
    for start, end in sorted(_allowed_ranges(image, model)):
        if start > first:
            yield first, start
        first = max(first, end)
    yield first, target.ram.address + target.ram.bytes


def _allowed_ranges(image: Image, model: str) -> Iterator[tuple[int, int]]:
    for section in ("stack", "arena"):
        yield image.value(f"__{section}_start"), image.value(f"__{section}_end")
    for name, symbol in image.objects.items():
        if name == "an_output" or name.startswith(f"{model}_"):
            yield symbol.address, symbol.address + symbol.size
