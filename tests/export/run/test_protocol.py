"""The codec gives the same messages however the bytes are cut, and refuses what is damaged."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.errors import AttendNetsError
from export.run.protocol import REPLY_MAGIC, Decoder, Done, Next, Output, Ready, encode_frame, encode_request, in_rows

READY_LINE = b"READY toy protocol 2 plan 0123abcd input 16 output 8\n"


def decode(pieces: list[bytes]) -> list[object]:
    decoder = Decoder()
    return [message for piece in pieces for message in decoder.feed(piece)]


@given(st.lists(st.binary(max_size=40), max_size=4), st.data())
def test_messages_do_not_depend_on_how_the_bytes_are_cut(payloads: list[bytes], data: st.DataObject) -> None:
    stream = b"boot loader 1.2\n" + READY_LINE
    expected: list[object] = [Ready("toy", "0123abcd", 16, 8)]
    for number, payload in enumerate(payloads):
        stream += encode_frame(REPLY_MAGIC, payload) + b"DONE ticks %d stack 64\n" % number
        expected += [Output(payload), Done(number, 64)]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert decode(pieces) == expected


@given(st.binary(min_size=1, max_size=64), st.data())
def test_no_damaged_payload_passes(payload: bytes, data: st.DataObject) -> None:
    frame = bytearray(encode_frame(REPLY_MAGIC, payload))
    frame[data.draw(st.integers(8, 7 + len(payload)))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AttendNetsError, match="CRC"):
        decode([bytes(frame)])


@given(st.binary(max_size=600))
def test_noise_is_skipped_or_refused_but_never_crashes(noise: bytes) -> None:
    decoder = Decoder()
    try:
        decoder.feed(noise)
    except AttendNetsError as error:
        assert error.hint


def test_request_layout() -> None:
    crc = zlib.crc32(b"\x01\x02\x03").to_bytes(4, "little")
    assert encode_request(b"\x01\x02\x03") == b"ANRQ\x03\x00\x00\x00\x01\x02\x03" + crc


@pytest.mark.parametrize("line", ["ERROR length 5 expected 16", "FAULT hardfault pc 0x00000010 lr 0x00000001 sp 0x20000000"])
def test_errors_of_the_firmware_keep_their_text(line: str) -> None:
    with pytest.raises(AttendNetsError, match=line):
        decode([line.encode() + b"\r\n"])


def test_other_protocol_versions_are_refused() -> None:
    for version, what_to_do in ((b"1", "Build it again, and flash it"), (b"3", "Update this program")):
        with pytest.raises(AttendNetsError, match=f"speaks protocol {version.decode()}, this program 2") as caught:
            decode([READY_LINE.replace(b"protocol 2", b"protocol " + version)])
        assert what_to_do in caught.value.hint


def test_an_overflown_timer_gives_no_ticks() -> None:
    assert decode([b"DONE ticks 4294967295 stack 80\n"]) == [Done(None, 80)]


def test_endless_lines_are_refused() -> None:
    with pytest.raises(AttendNetsError, match="neither lines nor frames"):
        decode([b"x" * 300])


def test_a_request_in_rows() -> None:
    """The header comes with the first row, the CRC with the last; the firmware asks for all but the first."""
    frame = encode_request(bytes(range(12)))
    assert in_rows(frame, None) == [frame]
    pieces = in_rows(frame, 4)
    assert [len(piece) for piece in pieces] == [8 + 4, 4, 4 + 4] and b"".join(pieces) == frame
    assert in_rows(frame, 12) == [frame]
    ready = b"READY model protocol 2 plan 0123abcd input 12 output 5 rows 4\n"
    assert Decoder().feed(ready + b"NEXT ticks 7\nNEXT ticks 4294967295\n") == [
        Ready("model", "0123abcd", 12, 5, 4),
        Next(7),
        Next(None),
    ]
