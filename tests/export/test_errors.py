"""What a message shows of names that somebody else has chosen."""

from export.errors import InputError


def test_characters_that_nobody_sees_are_escaped() -> None:
    error = InputError("a\x1b[2J\r\x00\u202eb\udcff\nc\td é😀\\", "\x9b31m")
    assert error.message == str(error) == "a\\x1b[2J\\r\\x00\\u202eb\\udcff\nc\td é😀\\"
    assert error.hint == "\\x9b31m"
