"""The serial protocol's codec, version 2 (docs/protocol.md). Knows bytes only, neither ports nor emulators."""

import re
import struct
import zlib
from dataclasses import dataclass
from itertools import pairwise

from ..errors import AttendNetsError

VERSION = 2
REQUEST_MAGIC = b"ANRQ"
REPLY_MAGIC = b"ANRS"
SELF_TEST_MAGIC = b"ANST"
IDENTIFY_MAGIC = b"ANID"

_HEADER = struct.Struct("<4sI")
_CRC = struct.Struct("<I")
_LONGEST_LINE = 256
_SHOWN = 40
_LARGEST_REPLY = 1 << 24
_READY = re.compile(r"READY (\S+) protocol \d+ plan ([0-9a-f]{8}) input (\d+) output (\d+)(?: rows (\d+))?")
_SELF_TESTED = re.compile(r"SELFTEST seed (\d+) crc 0x([0-9a-f]{8})")
_SETUP_FAILED = re.compile(r"WARNING setup (\d+)")
_NEXT = re.compile(r"NEXT ticks (\d+)")
_DONE = re.compile(r"DONE ticks (\d+) stack (\d+)")


@dataclass(frozen=True)
class Ready:
    """What the firmware says after boot: the model's name, the hash of its plan, bytes of all inputs and of all outputs.

    Where it takes its input row by row, ``row_bytes`` are those of a row: after each but the last it asks for the NEXT one.
    """

    name: str
    plan: str
    input_bytes: int
    output_bytes: int
    row_bytes: int | None = None


@dataclass(frozen=True)
class Next:
    """The firmware has used a row of the input, in so many timer ticks, and waits for the next one. None if the timer overflowed."""

    ticks: int | None


@dataclass(frozen=True)
class Output:
    """The output tensors of one inference, concatenated."""

    payload: bytes


@dataclass(frozen=True)
class Done:
    """Follows an Output: timer ticks of the inference, None if the timer overflowed; bytes of stack used since boot.

    ``rows`` are the ticks of every row of the input, where it was taken in rows; they come with the NEXT lines.
    """

    ticks: int | None
    stack: int
    rows: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class SetupFailed:
    """Operation ``number`` of the board's setup, counted from 1, waited in vain."""

    number: int


@dataclass(frozen=True)
class SelfTested:
    """The CRC-32 of the output for the input that ``seed`` stands for; a Done follows."""

    seed: int
    crc: int


Message = Ready | Next | Output | Done | SelfTested | SetupFailed


def encode_frame(magic: bytes, payload: bytes) -> bytes:
    """Magic, length, payload, CRC-32 of the payload; integers are 32 bits, little-endian."""
    return _HEADER.pack(magic, len(payload)) + payload + _CRC.pack(zlib.crc32(payload))


def encode_request(payload: bytes) -> bytes:
    """The request to infer; ``payload`` is all input tensors, concatenated."""
    return encode_frame(REQUEST_MAGIC, payload)


def in_rows(frame: bytes, row_bytes: int | None) -> list[bytes]:
    """A request in pieces of a row of the input: each but the first is to be sent when the firmware asks for it. One piece without rows."""
    if row_bytes is None:
        return [frame]
    ends = [*range(_HEADER.size + row_bytes, len(frame) - _CRC.size, row_bytes), len(frame)]
    return [frame[start:end] for start, end in pairwise([0, *ends])]


def encode_self_test(seed: int) -> bytes:
    """The request to make an input from ``seed`` and infer."""
    return encode_frame(SELF_TEST_MAGIC, _CRC.pack(seed))


def encode_identify() -> bytes:
    """The request to say READY again."""
    return encode_frame(IDENTIFY_MAGIC, b"")


class Decoder:
    """Takes what the firmware sends, in pieces of any size, and gives the messages in it."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, received: bytes) -> list[Message]:
        """Messages completed by ``received``. Lines that are none of the protocol's are skipped, as boot loaders print some.

        Raises:
            AttendNetsError: an ERROR or FAULT line, a damaged frame, or another version of the protocol.
        """
        self._pending += received
        messages: list[Message] = []
        while True:
            if REPLY_MAGIC.startswith(self._pending[:4]) or self._pending.startswith(REPLY_MAGIC):
                output = self._take_frame()
                if output is None:
                    return messages
                messages.append(output)
            else:
                line = self._take_line()
                if line is None:
                    return messages
                message = _parse_line(line)
                if message:
                    messages.append(message)

    def _take_frame(self) -> Output | None:
        if len(self._pending) < _HEADER.size:
            return None
        _, length = _HEADER.unpack_from(self._pending)
        if length > _LARGEST_REPLY:
            raise AttendNetsError(f"The firmware announced a reply of {length} bytes.", "Check the serial connection.")
        end = _HEADER.size + length
        if len(self._pending) < end + _CRC.size:
            return None
        payload = bytes(self._pending[_HEADER.size : end])
        (crc,) = _CRC.unpack_from(self._pending, end)
        del self._pending[: end + _CRC.size]
        if crc != zlib.crc32(payload):
            raise AttendNetsError("The firmware's reply was damaged: its CRC is wrong.", "Check the serial connection.")
        return Output(payload)

    def _take_line(self) -> str | None:
        end = self._pending.find(b"\n")
        if end < 0:
            if len(self._pending) > _LONGEST_LINE:
                shown = bytes(self._pending[:_SHOWN])
                raise AttendNetsError(
                    f"The firmware sends neither lines nor frames, but {shown!r}…", "Check the serial port and its baud rate."
                )
            return None
        line = self._pending[:end].decode("ascii", errors="replace").strip()
        del self._pending[: end + 1]
        return line


def _parse_ready(line: str) -> Ready:
    version = re.search(r" protocol (\d+)\b", line)
    if version and int(version[1]) != VERSION:
        hint = "Build it again, and flash it." if int(version[1]) < VERSION else "Update this program."
        raise AttendNetsError(f"The firmware speaks protocol {version[1]}, this program {VERSION}.", hint)
    ready = _READY.fullmatch(line)
    if not ready:
        raise AttendNetsError(
            f"The firmware introduces itself as {line!r}, not by protocol {VERSION}.", "Is it one of this program's?"
        )
    name, plan, input_bytes, output_bytes, row_bytes = ready.groups()
    return Ready(name, plan, int(input_bytes), int(output_bytes), int(row_bytes) if row_bytes else None)


def _parse_line(line: str) -> Message | None:
    if line.startswith(("ERROR ", "FAULT ")):
        raise AttendNetsError(f"The firmware reports: {line}", "FAULT: see pc in the disassembly. ERROR: check the connection.")
    if line.startswith("READY "):
        return _parse_ready(line)
    following = _NEXT.fullmatch(line)
    if following:
        return Next(_ticks(following[1]))
    failed = _SETUP_FAILED.fullmatch(line)
    if failed:
        return SetupFailed(int(failed[1]))
    tested = _SELF_TESTED.fullmatch(line)
    if tested:
        return SelfTested(int(tested[1]), int(tested[2], 16))
    done = _DONE.fullmatch(line)
    if done:
        return Done(_ticks(done[1]), int(done[2]))
    return None


def _ticks(text: str) -> int | None:
    """None where the timer overflowed."""
    ticks = int(text)
    return None if ticks == 0xFFFFFFFF else ticks
