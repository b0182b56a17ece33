"""Files that are whole or absent, never half-written."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from export.errors import AttendNetsError, InputError


def make_folder(path: Path) -> None:
    """Create a folder and its parents; one that exists is fine. Raises :class:`InputError` where that is impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be an output folder: {error.strerror}", "choose another output folder") from error


@contextmanager
def output_folder(path: Path, files: Iterable[str]) -> Iterator[None]:
    """A folder for ``files``, made before the work of the body begins; if that fails, folders that were made and are empty go away.

    Raises :class:`InputError` where there can be no such folder, or files of these names cannot be written there.
    """
    made = [folder for folder in (path, *path.parents) if not os.path.lexists(folder)]
    try:
        make_folder(path)
        _require_writable(path, files)
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _require_writable(folder: Path, files: Iterable[str]) -> None:
    hint = "choose another output folder"
    for name in files:
        if (folder / name).is_dir():
            raise InputError(f"{folder / name}: is a folder, where a file is to be written", hint)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to: {error.strerror}", hint) from error


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write ``content`` (text as UTF-8) to ``path`` in one step, replacing what was there.

    Raises :class:`AttendNetsError` when the disk does not take it; ``path`` is then as it was.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, bytes | str]) -> None:
    """Write several files, as :func:`write_atomically` does one: none of them is replaced before all are on the disk."""
    written: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            written[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                os.fsync(file.fileno())
            written[path].chmod(0o644)
        for path, temporary in written.items():
            temporary.replace(path)
    except OSError as error:
        raise AttendNetsError(
            f"{path}: cannot be written: {error.strerror}", "check the folder and the space on the disk"
        ) from error
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
