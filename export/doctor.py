"""What is installed, what each piece enables, and how to get what is missing. Imports none of it."""

import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from .programs import PROGRAMS, Program

_VERSION = re.compile(r"\d+(\.\d+)+")


@dataclass(frozen=True)
class Tool:
    """A package or program: whether and in which version it was found ("" if it does not tell), what for, how to install it."""

    name: str
    found: bool
    version: str
    enables: str
    install: str


@dataclass(frozen=True)
class _Package:
    name: str
    enables: str
    install: str = "pip install attendnets-tf"


_TRAIN = "pip install attendnets-tf[train]"
_PACKAGES = (
    _Package("capstone", "build: worst-case stack"),
    _Package("click", "the command line"),
    _Package("intelhex", "build: .hex and .bin files"),
    _Package("jinja2", "build: generated C"),
    _Package("numpy", "everything"),
    _Package("pillow", "reading images"),
    _Package("pydantic", "boards"),
    _Package("pyelftools", "build: sizes from the ELF file"),
    _Package("pyserial", "run, verify, flash: real boards"),
    _Package("pyyaml", "boards"),
    _Package("rich", "tables and progress"),
    _Package("tflite", "build: reading .tflite files"),
    _Package("unicorn", "run, verify: the embedded emulator"),
    _Package("ziglang", "build: C compiler for Cortex-M, without any installation"),
    _Package("tensorflow", "train", _TRAIN),
    _Package("tf_keras", "train", _TRAIN),
    _Package("tensorflow-model-optimization", "train: quantization-aware training", _TRAIN),
    _Package("matplotlib", "train: curves; evaluate: confusion matrix", "pip install matplotlib"),
    _Package(
        "tflite-micro", "verify, evaluate: TensorFlow Lite Micro as oracle; build --runtime tflm", "pip install tflite-micro"
    ),
    _Package(
        "ai-edge-litert",
        "verify: TensorFlow Lite's reference kernels as oracle; evaluate: float models",
        "pip install ai-edge-litert",
    ),
)


def diagnose() -> list[Tool]:
    """All packages and programs the product can use, in less than a second and without importing TensorFlow."""
    with ThreadPoolExecutor() as pool:
        programs = pool.map(_check_program, PROGRAMS)
        return [*map(_check_package, _PACKAGES), *programs]


def _check_package(package: _Package) -> Tool:
    try:
        return Tool(package.name, True, version(package.name), package.enables, package.install)
    except PackageNotFoundError:
        return Tool(package.name, False, "", package.enables, package.install)


def _check_program(program: Program) -> Tool:
    command = program.find()
    known = _ask_version([command, program.version_flag]) if command and program.version_flag else ""
    return Tool(program.name, command is not None, known, program.enables, program.install)


def _ask_version(command: Sequence[str]) -> str:
    """The first number with a dot that the program prints; "" if it prints none in time."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = _VERSION.search(done.stdout)
    return found.group() if found else ""
