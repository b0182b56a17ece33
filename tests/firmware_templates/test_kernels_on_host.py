"""The C kernels equal the reference executor byte for byte, free of warnings, and clean under AddressSanitizer and UBSan."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from export.compile.host import compile_host_program
from export.errors import InputError
from tests.support.operators import FAMILIES
from tests.support.projects import expected, payload, render_case


@pytest.mark.parametrize("family", FAMILIES)
def test_generated_c_equals_reference(family: str) -> None:
    @settings(max_examples=12, deadline=None)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        case = data.draw(FAMILIES[family]())
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary) / "project"
            try:
                # Cores of every tier: their kernels in C, where they have assembly.
                render_case(case, directory, data.draw(st.sampled_from(("cortex-m0", "cortex-m3", "cortex-m4", "cortex-m55"))))
            except InputError:
                assume(False)
            program = compile_host_program(directory, Path(temporary) / "program")
            done = subprocess.run([program], input=payload(case), capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout == expected(case)

    holds()
