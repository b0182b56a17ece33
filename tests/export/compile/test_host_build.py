"""The model compiled for the host computes what the firmware computes; its program runs under sanitizers."""

import ctypes
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.boards import default_board
from export.compile.host import compile_host, compile_host_program, find_host_compiler, library_name
from export.compile.host_model import HostModel
from export.errors import AttendNetsError, InputError
from tests.support.toy_project import INPUT_BYTES, NAME, OUTPUT_BYTES, make_project, reference


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", default_board("cortex-m4"))


def test_predictions_and_traces(project: Path, tmp_path: Path) -> None:
    model = HostModel(compile_host(project, tmp_path / library_name(NAME)), NAME, [INPUT_BYTES], [OUTPUT_BYTES])
    inputs = np.random.default_rng(0).integers(-128, 128, (20, INPUT_BYTES)).astype(np.int8)
    expected = [reference(sample.tobytes()) for sample in inputs]
    assert model.predict(inputs).tolist() == [layers[1] for layers in expected]
    for sample, layers in zip(inputs, expected, strict=True):
        assert [layer.tolist() for layer in model.trace(sample)] == list(layers)


def test_wrong_inputs_and_libraries_are_told(project: Path, tmp_path: Path) -> None:
    library = compile_host(project, tmp_path / library_name(NAME))
    model = HostModel(library, NAME, [INPUT_BYTES], [OUTPUT_BYTES])
    for wrong in (np.zeros((1, 15), np.int8), np.zeros((1, 16), np.uint8), np.zeros(16, np.int8)):
        with pytest.raises(InputError, match=r"int8 \[n, 16\]"):
            model.predict(wrong)
    for path, name in ((library, "other"), (tmp_path / "none.so", NAME)):
        with pytest.raises(AttendNetsError, match="cannot be used"):
            HostModel(path, name, [INPUT_BYTES], [OUTPUT_BYTES])


def test_rejected_sources_leave_nothing(project: Path, tmp_path: Path) -> None:
    (project / "kernels" / "an_kernels.c").write_text("int f(void) { return undeclared; }\n")
    out = tmp_path / "out" / library_name(NAME)
    with pytest.raises(AttendNetsError, match="an_kernels"):
        compile_host(project, out)
    assert list(out.parent.iterdir()) == []


def program_or_skip(project: Path, out: Path) -> Path:
    try:
        return compile_host_program(project, out)
    except AttendNetsError as error:
        pytest.skip(f"no sanitizers: {error.message[:200]}")


def test_program_is_a_filter(project: Path, tmp_path: Path) -> None:
    program = program_or_skip(project, tmp_path / "program")
    inputs = bytes(range(2 * INPUT_BYTES))
    done = subprocess.run([program], input=inputs, capture_output=True, check=True)
    layers = [reference(inputs[:INPUT_BYTES]), reference(inputs[INPUT_BYTES:])]
    assert done.stdout == bytes(value & 0xFF for _, output in layers for value in output)


@pytest.mark.parametrize(
    "statement", ["toy_arena[i_ + 16] = 1;", "toy_output[i_ + 8] = 1;", "i_ += 2147483647; toy_arena[0] = (int8_t)i_;"]
)
def test_program_stops_at_the_first_violation(tmp_path: Path, statement: str) -> None:
    project = make_project(tmp_path, default_board("cortex-m4"), fold_extra=f"int i_ = toy_input[0]; {statement}")
    program = program_or_skip(project, tmp_path / "program")
    done = subprocess.run([program], input=b"\x01" + bytes(INPUT_BYTES - 1), capture_output=True, check=False)
    assert done.returncode != 0
    assert b"toy_fold" in done.stderr or b"toy.c" in done.stderr


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The harness's own C library functions and CRC, on this machine."""
    library = tmp_path_factory.mktemp("harness") / library_name("harness")
    templates = Path(__file__).parents[3] / "firmware_templates"
    folder = templates / "harness"
    flags = ["-std=c99", "-O2", "-ffreestanding", "-fno-builtin", "-shared", "-fPIC", f"-I{folder}"]
    sources = [folder / "memory.c", templates / "serial" / "crc32.c"]
    subprocess.run([*find_host_compiler(), *flags, *sources, "-o", library], check=True, capture_output=True)
    return ctypes.CDLL(str(library))


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_crc_is_the_one_of_zlib(harness: ctypes.CDLL, data: bytes) -> None:
    harness.an_crc32.restype = ctypes.c_uint32
    assert harness.an_crc32(0, data, ctypes.c_size_t(len(data))) == zlib.crc32(data)


@settings(deadline=None)
@given(st.binary(min_size=64, max_size=64), st.integers(0, 32), st.integers(0, 32), st.integers(0, 32), st.integers(-300, 300))
def test_memory_functions(harness: ctypes.CDLL, data: bytes, to: int, start: int, size: int, value: int) -> None:
    expected, buffer = bytearray(data), ctypes.create_string_buffer(data, len(data))
    at = ctypes.addressof(buffer)
    length = ctypes.c_size_t(size)
    expected[to : to + size] = expected[start : start + size]
    harness.memmove(ctypes.c_void_p(at + to), ctypes.c_void_p(at + start), length)
    assert buffer.raw == expected
    expected[to : to + size] = bytes([value & 0xFF]) * size
    harness.memset(ctypes.c_void_p(at + to), value, length)
    assert buffer.raw == expected
    target = ctypes.create_string_buffer(64)
    harness.memcpy(ctypes.c_void_p(ctypes.addressof(target) + to), ctypes.c_void_p(at + start), length)
    assert target.raw == bytes(to) + expected[start : start + size] + bytes(64 - to - size)
