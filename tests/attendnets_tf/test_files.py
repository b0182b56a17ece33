"""Several files are replaced together, or none of them."""

from pathlib import Path

import pytest

from attendnets_tf.files import write_together
from export.errors import AttendNetsError


def test_all_or_none(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_together({first: "é", second: b"\x00"})
    assert (first.read_bytes(), second.read_bytes()) == ("é".encode(), b"\x00")
    with pytest.raises(AttendNetsError, match="absent/third: cannot be written: No such file or directory"):
        write_together({first: "new", tmp_path / "absent" / "third": "new"})
    assert first.read_text() == "é" and sorted(tmp_path.iterdir()) == [first, second]
