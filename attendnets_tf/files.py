"""Files that are whole or absent, never half-written."""

import os
import tempfile
from pathlib import Path

from export.errors import AttendNetsError, InputError


def make_folder(path: Path) -> None:
    """Create a folder and its parents; one that exists is fine. Raises :class:`InputError` where that is impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be an output folder: {error.strerror}", "choose another output folder") from error


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write ``content`` (text as UTF-8) to ``path`` in one step, replacing what was there.

    Raises :class:`AttendNetsError` when the disk does not take it; ``path`` is then as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise AttendNetsError(
            f"{path}: cannot be written: {error.strerror}", "check the folder and the space on the disk"
        ) from error
