"""What the other modules need to know of an ELF file. The only module that reads one."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from ..errors import AttendNetsError


@dataclass(frozen=True)
class Symbol:
    """A function or an object: first address (without the Thumb bit) and bytes."""

    name: str
    address: int
    size: int


@dataclass(frozen=True)
class Section:
    """A section in memory, with its bytes if they are in the file (else only reserved: data is None)."""

    name: str
    address: int
    size: int
    data: bytes | None


@dataclass(frozen=True)
class Segment:
    """Bytes that a loader puts at ``address``, the load address: in flash, also for initialized data."""

    address: int
    data: bytes


@dataclass(frozen=True)
class Image:
    """A linked program."""

    sections: dict[str, Section]
    segments: tuple[Segment, ...]
    functions: tuple[Symbol, ...]
    objects: dict[str, Symbol]
    values: dict[str, int]
    data_ranges: tuple[tuple[int, int], ...]
    """Literal pools and jump tables inside code, as [first, last) addresses, from the mapping symbols $d and $t."""

    @cached_property
    def _addresses(self) -> list[int]:
        return [function.address for function in self.functions]

    def function_at(self, address: int) -> Symbol | None:
        """The function that contains ``address``."""
        index = bisect_right(self._addresses, address) - 1
        if index < 0:
            return None
        function = self.functions[index]
        return function if address < function.address + function.size else None

    def function(self, name: str) -> Symbol:
        """The function called ``name``.

        Raises:
            AttendNetsError: there is none.
        """
        for function in self.functions:
            if function.name == name:
                return function
        raise AttendNetsError(f"The firmware has no function {name}.", "Build it again; its ELF file must keep its symbols.")

    def value(self, name: str) -> int:
        """The value (for objects: the address) of the symbol ``name``.

        Raises:
            AttendNetsError: there is none.
        """
        if name not in self.values:
            raise AttendNetsError(f"The firmware has no symbol {name}.", "Build it again; its ELF file must keep its symbols.")
        return self.values[name]

    def read(self, address: int, size: int) -> bytes:
        """Bytes of code or constants at an address.

        Raises:
            AttendNetsError: the file holds nothing there.
        """
        for segment in self.segments:
            offset = address - segment.address
            if offset >= 0 and offset + size <= len(segment.data):
                return segment.data[offset : offset + size]
        raise AttendNetsError(f"The firmware has no bytes at 0x{address:08x}.", "Build it again.")


def load_image(path: Path) -> Image:
    """Reads an ELF file.

    Raises:
        AttendNetsError: it is missing or no ELF file.
    """
    try:
        with path.open("rb") as file:
            elf = ELFFile(file)
            if elf["e_machine"] != "EM_ARM":
                raise AttendNetsError(f"{path} is not a program for Arm.", "Build the firmware again.")
            return _image(elf)
    except (OSError, ELFError) as error:
        raise AttendNetsError(f"{path} cannot be read as an ELF file: {error}.", "Build the firmware again.") from error


def _image(elf: ELFFile) -> Image:
    sections = {}
    code_ends = {}
    for index, section in enumerate(elf.iter_sections()):
        if not section["sh_flags"] & 2:  # SHF_ALLOC
            continue
        data = None if section["sh_type"] == "SHT_NOBITS" else section.data()
        sections[section.name] = Section(section.name, section["sh_addr"], section["sh_size"], data)
        code_ends[index] = section["sh_addr"] + section["sh_size"]
    segments = tuple(
        Segment(segment["p_paddr"], segment.data())
        for segment in elf.iter_segments()
        if segment["p_type"] == "PT_LOAD" and segment["p_filesz"]
    )
    table = elf.get_section_by_name(".symtab")
    functions: dict[int, Symbol] = {}
    objects, values, mapping = {}, {}, []
    for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
        name, kind, address, size = symbol.name, symbol["st_info"]["type"], symbol["st_value"], symbol["st_size"]
        if symbol["st_shndx"] == "SHN_UNDEF" or kind == "STT_FILE":
            continue
        if name.startswith(("$t", "$d")) and symbol["st_shndx"] in code_ends:
            mapping.append((address, name[:2] == "$d", code_ends[symbol["st_shndx"]]))
        elif kind == "STT_FUNC":
            first = address & ~1
            if first not in functions or functions[first].size < size:
                functions[first] = Symbol(name, first, size)
        elif kind == "STT_OBJECT":
            objects[name] = Symbol(name, address, size)
        values[name] = address
    # At the same address $t wins: to take code for data would hide what it does
    ranges = _data_ranges(sorted(mapping, key=lambda entry: (entry[0], not entry[1])))
    return Image(sections, segments, _with_sizes(functions, max(code_ends.values())), objects, values, ranges)


def _with_sizes(functions: dict[int, Symbol], end: int) -> tuple[Symbol, ...]:
    """Sorted by address; a function that states no size (assembly) reaches to the next."""
    addresses = sorted(functions)
    following = dict(zip(addresses, [*addresses[1:], end], strict=True))
    return tuple(
        function if function.size else Symbol(function.name, address, following[address] - address)
        for address, function in ((address, functions[address]) for address in addresses)
    )


def _data_ranges(mapping: list[tuple[int, bool, int]]) -> tuple[tuple[int, int], ...]:
    ranges = []
    for index, (address, is_data, section_end) in enumerate(mapping):
        if is_data:
            following = mapping[index + 1][0] if index + 1 < len(mapping) else section_end
            ranges.append((address, min(following, section_end)))
    return tuple(ranges)
