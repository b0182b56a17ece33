"""Floats as the text of C's %0.3f, without a C library: the firmware's function on this machine."""

import ctypes
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export.compile.host import find_host_compiler, library_name

TEXT = """
#include <stdio.h>
#include "text.h"
static char line[64];
static int length;
void an_print(const char *text) { length += sprintf(line + length, "%s", text); }
void an_print_decimal(uint32_t value) { length += sprintf(line + length, "%lu", (unsigned long)value); }
const char *an_thousandths(float value);
void an_print_thousandths(float value);
const char *an_thousandths(float value) { length = 0; an_print_thousandths(value); return line; }
"""


@pytest.fixture(scope="module")
def thousandths(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], str]:
    folder, templates = tmp_path_factory.mktemp("decimal"), Path(str(files("firmware_templates")))
    (folder / "text.c").write_text(TEXT)
    library = folder / library_name("decimal")
    includes = [f"-I{templates / name}" for name in ("harness", "kernels", "mlperf_tiny")]
    flags = ["-std=c99", "-O2", "-shared", "-fPIC", "-idirafter", str(templates / "harness"), *includes[1:]]
    sources = [folder / "text.c", templates / "mlperf_tiny" / "decimal.c"]
    subprocess.run([*find_host_compiler(), *flags, *sources, "-o", library], check=True, capture_output=True)
    function = ctypes.CDLL(str(library)).an_thousandths
    function.argtypes, function.restype = [ctypes.c_float], ctypes.c_char_p
    return lambda value: function(value).decode()


@settings(deadline=None, max_examples=500)
@given(st.floats(width=32, min_value=-(2.0**31), max_value=2.0**31))
@example(0.0625)
@example(0.1875)
@example(0.9995)
@example(0.00048828125)
@example(0.0005)
@example(4096.5)
@example(1e-30)
@example(8388607.5)
@example(-0.25)
def test_any_float(thousandths: Callable[[float], str], value: float) -> None:
    value = float(np.float32(value))
    assert thousandths(value) == (f"{value:.3f}" if value else "0.000")


def test_every_score_of_a_softmax(thousandths: Callable[[float], str]) -> None:
    for steps in range(-255, 256):
        value = float(np.float32(steps) * np.float32(1 / 256))
        assert thousandths(value) == f"{value:.3f}"


def test_what_has_no_digits(thousandths: Callable[[float], str]) -> None:
    assert thousandths(1e30) == "4294967040.000"
    assert thousandths(float("nan")) == "0.000"
