"""How large an arena TensorFlow Lite Micro's interpreter needs: measured with the interpreter itself, never estimated."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ..compile.process import run_program
from ..errors import AttendNetsError, InputError
from ..graph import Graph

_SMALLEST_TRY, _LARGEST_TRY = 1 << 20, 1 << 29
_ALIGNMENT = 16
_RESERVE = 1024
_WINDOWED = {"CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"}
_TOTAL = re.compile(r"Arena allocation total (\d+) bytes")
# In a process of its own: the interpreter logs to standard error, and ends the process where not even its own objects fit.
_ALLOCATE = """
import sys
from tflite_micro import runtime
try:
    interpreter = runtime.Interpreter.from_file(sys.argv[1], arena_size=int(sys.argv[2]))
except Exception:
    sys.exit(1)
interpreter.print_allocations()
"""


@dataclass(frozen=True)
class Arena:
    """``measured`` is the fewest bytes, in multiples of 16, in which this machine's interpreter works; ``margin`` comes on top."""

    measured: int
    margin: int

    @property
    def bytes(self) -> int:
        return self.measured + self.margin

    @property
    def reason(self) -> str:
        """How the arena was measured, and what the margin is for."""
        return (
            "measured with the tflite-micro package: reference kernels, and pointers of 8 bytes where the target has 4, so the "
            f"interpreter's own records need less there; margin: the largest scratch buffer that an optimized convolution asks for, "
            f"{self.margin - _RESERVE} bytes, and {_RESERVE} bytes for what else such kernels keep"
        )


def measure_arena(content: bytes, graph: Graph) -> Arena:
    """The arena for a model; ``graph`` is the model as read.

    Raises:
        AttendNetsError: the package tflite-micro is not installed.
        InputError: its interpreter refuses the model.
    """
    if not find_spec("tflite_micro"):
        raise AttendNetsError(
            "The arena cannot be measured: the package tflite-micro is not installed.", "Install it: pip install tflite-micro"
        )
    with tempfile.TemporaryDirectory(prefix="attendnets-") as folder:
        model = Path(folder) / "model.tflite"
        model.write_bytes(content)
        return Arena(_fewest_bytes(model, graph.name), _margin(graph))


def _fewest_bytes(model: Path, name: str) -> int:
    enough = _SMALLEST_TRY
    recorded, messages = _allocate(model, enough)
    while recorded is None:
        enough *= 8
        if enough > _LARGEST_TRY:
            said = next((line.strip() for line in messages.splitlines() if line.strip()), "it ends the process")
            raise InputError(f"TensorFlow Lite Micro refuses {name}: {said}", "Check the model with TensorFlow Lite.")
        recorded, messages = _allocate(model, enough)
    # What stays allocated is the least, but for padding that an arena of another size would not have; what is needed only in
    # passing may demand more. In whole units of its alignment, more bytes never turn out worse.
    fewest, step = -(-recorded // _ALIGNMENT), 1
    too_few = fewest - 1
    while not _suffices(model, fewest):
        too_few, fewest, step = fewest, fewest + step, 2 * step
    while fewest - too_few > 1:
        middle = (too_few + fewest) // 2
        too_few, fewest = (too_few, middle) if _suffices(model, middle) else (middle, fewest)
    while _suffices(model, fewest - 1):
        fewest -= 1
    return fewest * _ALIGNMENT


def _suffices(model: Path, units: int) -> bool:
    """Whether an arena of so many units of its alignment is enough."""
    return _allocate(model, units * _ALIGNMENT)[0] is not None


def _allocate(model: Path, arena_bytes: int) -> tuple[int | None, str]:
    """The bytes that the interpreter has taken of an arena, or None where they do not suffice; and what it logged."""
    done = run_program([sys.executable, "-c", _ALLOCATE, str(model), str(arena_bytes)], model.parent)
    found = _TOTAL.search(done.output)
    return (int(found.group(1)) if done.code == 0 and found else None), done.output


def _margin(graph: Graph) -> int:
    """Bytes for scratch that the target's kernels ask for and the measured ones do not, a multiple of 16.

    CMSIS-NN unrolls two windows of a convolution's input to 16 bits at a time: 4 bytes for every weight of one output channel, and
    less for a depthwise convolution.
    """
    scratch = 0
    for operator in graph.operators:
        filters = graph.optional_input_of(operator, 1) if operator.kind in _WINDOWED else None
        if filters is not None and len(filters.shape) == 4:
            channels = 1 if operator.kind == "DEPTHWISE_CONV_2D" else filters.shape[0]
            scratch = max(scratch, 4 * filters.elements // max(1, channels))
    return -(-scratch // _ALIGNMENT) * _ALIGNMENT + _RESERVE
