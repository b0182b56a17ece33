"""Boards: memories, clock, serial port and tools, one YAML file each in ``firmware_templates/boards``; docs/boards.md describes them.

What a board does after reset is data as well: a list of register operations, each with its reason and the section of the manual.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from .errors import InputError
from .schema import Described, nearest, parse
from .targets import Target, load_target

Word = Annotated[int, Field(ge=0, le=0xFFFFFFFF)]
Size = Annotated[int, Field(gt=0, le=0x40000000)]
Hertz = Annotated[int, Field(gt=0, le=4_000_000_000)]
_VERBS = ("write", "set", "clear", "modify", "wait", "reads")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Memory(Described):
    """A region of the address space: first address and size in bytes."""

    address: Word
    bytes: Size

    @property
    def end(self) -> int:
        """The address after the last byte."""
        return self.address + self.bytes


class Bank(Memory):
    """A RAM bank. Where the core cannot use it before ``setup`` has run, ``needs_setup``: no stack and no variables lie there."""

    name: Name
    needs_setup: bool = False


class Wait(Described):
    """Until (register & mask) == value."""

    mask: Word
    value: Word


class Modify(Described):
    clear: Word
    set: Word


class Operation(Described):
    """One step of a board's setup: exactly one of the verbs, on the register at ``at``. ``reads``: so many times, to pass time."""

    register_name: str = Field(alias="register")
    at: Word
    bits: Literal[8, 16, 32] = 32
    write: Word | None = None
    set: Word | None = None
    clear: Word | None = None
    modify: Modify | None = None
    wait: Wait | None = None
    reads: Annotated[int, Field(gt=0, lt=2**31)] | None = None
    why: str

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        verbs = [verb for verb in _VERBS if getattr(self, verb) is not None]
        if len(verbs) != 1:
            raise ValueError(f"exactly one of {', '.join(_VERBS)} is expected")
        if self.at % (self.bits // 8):
            raise ValueError(f"registers of {self.bits} bits lie at multiples of {self.bits // 8}")
        return self


class Flag(Described):
    """Where the serial port says that it can go on, (status & mask) == ready, and the register that takes or gives the byte."""

    status: Word
    mask: Word
    ready: Word
    data: Word


class Uart(Described):
    """The serial port: 8 data bits, no parity, 1 stop bit; ``setup`` switches it on.

    ``polled``: a status and a data register for each direction. ``nrf_uarte``: Nordic's port with EasyDMA, at ``base``.
    """

    driver: Literal["polled", "nrf_uarte"]
    base: Word
    baud: Annotated[int, Field(gt=0)]
    pins: str
    receive: Flag | None = None
    transmit: Flag | None = None

    @model_validator(mode="after")
    def _flags_where_polled(self) -> Self:
        if (self.driver == "polled") != (self.receive is not None) or (self.receive is None) != (self.transmit is None):
            raise ValueError("receive and transmit belong to the driver polled, and only there")
        return self


class Counter(Described):
    """What measures an inference: ``dwt`` counts cycles, ``cmsdk`` is the timer of Arm's system design kit, ``up`` any 32-bit counter.

    ``base`` is the register of ``up``, and the first one of ``cmsdk``. ``hz`` is its rate, at least a tick per microsecond.
    """

    driver: Literal["dwt", "cmsdk", "up"]
    base: Word
    hz: Annotated[int, Field(ge=1_000_000, le=4_000_000_000)]

    @property
    def microsecond_q32(self) -> int:
        """Microseconds in a tick, times 2^32; below 2^32, or equal."""
        return round((1_000_000 << 32) / self.hz)


class Identity(Described):
    """A register by which a debugger knows the chip: (register & mask) == value."""

    register_name: str = Field(alias="register")
    at: Word
    mask: Word
    value: Word

    def matches(self, word: int) -> bool:
        return word & self.mask == self.value


class FlashTools(Described):
    """The board's name in each tool that can write its flash; null where the tool does not know it."""

    pyocd: str | None
    openocd: str | None
    jlink: str | None
    st_flash: bool
    uf2_family: Word | None


class Renode(Described):
    """``uart`` is the class of Renode's that models the serial port, in the flat platform that ``build`` writes, with its parameters."""

    uart: str
    parameters: dict[str, str | int | bool] = Field(default={})


class Qemu(Described):
    """``serial`` is the number of the board's serial port among those of the machine; ``vectors`` is where the machine looks for the first two
    vectors, if that is not where the program begins."""

    machine: str
    serial: Annotated[int, Field(ge=0, le=7)]
    vectors: int | None = None


class Tested(Described):
    """Where firmware for this board has run, honestly."""

    unicorn: bool
    qemu: bool
    renode: bool
    hardware: bool


class Board(Described):
    name: Name
    title: str
    chip: str
    core: str = Field(alias="target")
    manual: str
    sections: dict[str, str] = Field(default={})
    """Sections of the manual by the beginning of the names of the registers that they describe."""
    identity: Identity | None = None
    clock_hz: Hertz
    flash: Memory
    ram: Annotated[tuple[Bank, ...], Field(min_length=1)]
    ram_limit: Annotated[int, Field(gt=0)] | None = None
    """Bytes of RAM that a firmware may use, all banks together; None: as few as it can."""
    setup: tuple[Operation, ...]
    uart: Uart
    counter: Counter
    boot: Literal["vectors", "rp2040", "rp2350"] = "vectors"
    flash_tools: FlashTools
    renode: Renode
    qemu: Qemu | None
    tested: Tested

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [bank.name for bank in self.ram]
        if len(set(names)) != len(names):
            raise ValueError("every RAM bank needs a name of its own")
        regions = sorted([self.flash, *self.ram], key=lambda region: region.address)
        if any(first.end > second.address for first, second in pairwise(regions)):
            raise ValueError("memories overlap")
        if all(bank.needs_setup for bank in self.ram):
            raise ValueError("one RAM bank at least must work before setup")
        return self

    @property
    def target(self) -> Target:
        return load_target(self.core)

    @property
    def ram_bytes(self) -> int:
        return sum(bank.bytes for bank in self.ram)

    def to_json(self) -> dict[str, Any]:
        """The content of its file, as it could be read again."""
        return self.model_dump(mode="json", by_alias=True)

    def bank(self, name: str) -> Bank:
        return next(bank for bank in self.ram if bank.name == name)


def board_names() -> list[str]:
    """Names of all boards, sorted."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _folder().iterdir() if entry.name.endswith(".yaml"))


@cache
def load_board(name: str) -> Board:
    """The board called ``name``.

    Raises:
        InputError: there is no such board; the nearest names and all names are in the hint.
    """
    names = board_names()
    if name not in names:
        raise InputError(f"There is no board {name!r}.", f"{nearest(name, names)}Boards: {', '.join(names)}.")
    return parse_board(board_text(name), f"board {name}")


def board_text(name: str) -> str:
    """The file of a board that ``load_board`` knows."""
    text: str = (_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    return text


def load_board_file(path: Path) -> Board:
    """A user's own board.

    Raises:
        InputError: unreadable, or not as described in docs/boards.md.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Give the path of a board file in YAML.") from error
    return parse_board(text, str(path))


def parse_board(text: str, where: str) -> Board:
    """A board from the text of its file; ``where`` names it in messages. Raises InputError."""
    board = parse(Board, text, where)
    load_target(board.core)
    return board


def default_board(target_name: str) -> Board:
    """What is built for where only the core is named. Raises InputError for an unknown one."""
    return load_board(load_target(target_name).board)


def select_board(target: str | None, board: str | None, board_file: Path | None, ram: int | None = None) -> Board:
    """The board that a command's options name, by default the emulated Cortex-M4, with at most ``ram`` bytes of its RAM.

    Raises:
        InputError: unknown names, both a board and a file, or a core that is not the board's.
    """
    chosen = _named_board(target, board, board_file)
    return chosen if ram is None else chosen.model_copy(update={"ram_limit": ram})


def _named_board(target: str | None, board: str | None, board_file: Path | None) -> Board:
    if board and board_file:
        raise InputError("Both a board and a board file are named.", "Name one of them.")
    if not board and not board_file:
        return default_board(target or "cortex-m4")
    chosen = load_board_file(board_file) if board_file else load_board(board or "")
    if target and load_target(target).name != chosen.core:
        raise InputError(f"{chosen.name} has a {chosen.core}, not a {target}.", "Leave --target out: the board implies it.")
    return chosen


def _folder() -> Any:
    return files("firmware_templates") / "boards"
