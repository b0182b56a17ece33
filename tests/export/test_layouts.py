"""A model inside somebody else's build: modules build with nothing but themselves, compute the same bytes, and say what they must."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from attendnets_tf.pretrained import bundled_model
from export.boards import default_board
from export.check import check
from export.compile.host import find_host_compiler
from export.errors import InputError
from export.graph import item_type
from export.module import build_module
from export.names import model_name
from export.option_names import LAYOUTS
from export.programs import ARM_GCC, MAKE
from export.read import read_bytes
from export.reference import predict
from tests.support.command_line import invoke, refused
from tests.support.manifests import (
    check_arduino,
    check_cmsis_pack,
    check_platformio,
    check_zephyr,
    everything_below,
)
from tests.support.model_builder import ModelBuilder
from tests.support.small_model import PATH as SMALL
from tests.support.stateful import streaming_model

STRICT = "-Wall -Wextra -Wconversion -Werror"
CHECKS = {"arduino": check_arduino, "platformio": check_platformio, "zephyr": check_zephyr, "cmsis-pack": check_cmsis_pack}
FILTER = """
#include <stdio.h>
{includes}
int main(void) {{
    {declarations}
    {calls}
    return 0;
}}
"""


def float_model() -> bytes:
    """a * b + c in floats: a fused multiply-add would round once where it must twice."""
    builder = ModelBuilder()
    shape = (1, 64)
    source, result = (builder.tensor(shape, 1.0, 0, dtype="float32") for _ in range(2))
    factor = builder.constant(np.random.default_rng(1).normal(0, 1, shape).astype(np.float32))
    product = builder.operator("MUL", [source, factor], builder.tensor(shape, 1.0, 0, dtype="float32"), "MulOptions")
    builder.operator("SQUARED_DIFFERENCE", [product, source], result)
    return builder.build([source], [result])


MODELS = {"digits": bundled_model().read_bytes(), "floats": float_model()}


def module_of(folder: Path, name: str, layout: str) -> Path:
    path = folder / f"{name}.tflite"
    path.write_bytes(MODELS[name] if name in MODELS else SMALL.read_bytes())
    return build_module(path, default_board("cortex-m4"), folder / f"{name}-{layout}", layout).out


def filter_program(names: list[str]) -> str:
    """C, and C++ as well, that reads the inputs of all models and writes their outputs."""
    declarations = [f"static int8_t {n}_in[{n.upper()}_INPUT_BYTES], {n}_out[{n.upper()}_OUTPUT_BYTES];" for n in names]
    calls = [
        f"if (fread({n}_in, sizeof {n}_in, 1, stdin) != 1) {{ return 1; }} {n}_run({n}_in, {n}_out); fwrite({n}_out, sizeof {n}_out, 1, stdout);"
        for n in names
    ]
    includes = [f'#include "{n}.h"' for n in names]
    return FILTER.format(includes="\n".join(includes), declarations="\n".join(declarations), calls="\n".join(calls))


def case_of(name: str) -> tuple[bytes, bytes]:
    """An input, and the output by the reference executor."""
    graph = check(read_bytes(MODELS[name], name, name))
    source = graph.tensors[graph.inputs[0]]
    generator = np.random.default_rng(7)
    values = generator.normal(0, 3, source.shape) if source.dtype == "float32" else generator.integers(-128, 128, source.shape)
    values = values.astype(item_type(source.dtype))
    return values.tobytes(), b"".join(np.ascontiguousarray(output).tobytes() for output in predict(graph, [values]))


def run(command: list[str | Path], **options: object) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr.decode()
    return bytes(done.stdout)


def tool(name: str) -> str:
    """A program of this environment, or of the machine."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def test_cmake_builds_two_models_into_one_program(tmp_path: Path) -> None:
    """From C and from C++, at an optimization that fuses floats where nobody forbids it; warnings are errors."""
    names = list(MODELS)
    folders = [module_of(tmp_path, name, "cmake") for name in names]
    subdirectories = "\n".join(f"add_subdirectory({folder} {name})" for folder, name in zip(folders, names, strict=True))
    libraries = " ".join(f"attendnets::{name}" for name in names)
    project = tmp_path / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.13)\nproject(consumer C CXX)\n{subdirectories}\n"
        f"add_executable(c_program main.c)\nadd_executable(cxx_program main.cc)\n"
        f"target_link_libraries(c_program PRIVATE {libraries})\ntarget_link_libraries(cxx_program PRIVATE {libraries})\n"
    )
    for suffix in (".c", ".cc"):
        (project / f"main{suffix}").write_text(filter_program(names))
    fma = " -mfma" if platform.machine() == "x86_64" else ""
    flags = f"-DCMAKE_C_FLAGS=-O3{fma} {STRICT}"
    run([tool("cmake"), "-S", project, "-B", project / "build", flags])
    run([tool("cmake"), "--build", project / "build", "--parallel", "2"])
    cases = [case_of(name) for name in names]
    for program in ("c_program", "cxx_program"):
        outputs = run([project / "build" / program], input=b"".join(given for given, _ in cases))
        assert outputs == b"".join(expected for _, expected in cases)


@pytest.mark.skipif(MAKE.find() is None, reason=f"{MAKE.name} is not installed")
def test_make_builds_a_library_and_a_fragment(tmp_path: Path) -> None:
    module = module_of(tmp_path, "digits", "makefile")
    given, expected = case_of("digits")
    (tmp_path / "main.c").write_text(filter_program(["digits"]))
    compiler = " ".join(find_host_compiler())
    run(["make", "-C", module, f"CC={compiler}", f"CFLAGS=-O2 {STRICT}"])
    run([*find_host_compiler(), "main.c", f"-I{module / 'src'}", module / "libdigits.a", "-o", "by_library"], cwd=tmp_path)
    (tmp_path / "Makefile").write_text(
        f"include {module.name}/module.mk\n\nby_fragment: main.c $(ATTENDNETS_DIGITS_SOURCES)\n"
        f"\t{compiler} -O2 $(ATTENDNETS_DIGITS_INCLUDES) $^ -o $@\n"
    )
    run(["make", "-C", tmp_path, "by_fragment"])
    for program in ("by_library", "by_fragment"):
        assert run([tmp_path / program], input=given) == expected
    run(["make", "-C", module, "clean"])
    assert not list(module.rglob("*.[ao]"))
    if ARM_GCC.find():
        flags = f"CFLAGS=-O2 -mcpu=cortex-m4 -mthumb {STRICT}"
        run(["make", "-C", module, "CC=arm-none-eabi-gcc", "AR=arm-none-eabi-ar", flags])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_module_is_complete_and_keeps_to_itself(tmp_path: Path, layout: str) -> None:
    """Manifests follow the rules and miss no source; sources need nothing else; no symbol can meet another module's."""
    module = module_of(tmp_path, "digits", layout)
    sources = everything_below(module, "src")
    if layout in CHECKS:
        assert sorted(CHECKS[layout](module)) == sources
    else:
        (text,) = (path.read_text() for path in module.glob("*") if path.name in ("CMakeLists.txt", "module.mk"))
        assert all(source in text for source in sources)
    objects = tmp_path / "objects"
    objects.mkdir()
    for source in sources:
        output = objects / f"{Path(source).stem}.o"
        run([*find_host_compiler(), "-std=c99", "-pedantic", *STRICT.split(), "-c", module / source, "-o", output])
    if nm := shutil.which("nm"):
        lines = run([nm, "--defined-only", "--extern-only", *objects.iterdir()]).decode().splitlines()
        symbols = {line.split()[-1] for line in lines if len(line.split()) == 3}
        assert "digits_run" in symbols and all(symbol.removeprefix("_").startswith("digits_") for symbol in symbols)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_odd_names_and_models(tmp_path: Path, layout: str) -> None:
    """A name with digits first and characters that no manifest takes; a state; and a camera."""
    path = tmp_path / "2. Größe & <Kröte>.tflite"
    path.write_bytes(streaming_model())
    out = tmp_path / "stateful"
    module = build_module(path, default_board("cortex-m4"), out, layout)
    assert module.plan.name == model_name(path.stem) and module.plan.stateful
    if layout in CHECKS:
        CHECKS[layout](out)
    assert f"{module.plan.name}_reset();" in (out / "README.md").read_text()
    done = invoke("build", SMALL, "--camera", "grey8:32x32", "--layout", layout, "--out", tmp_path / "camera", "--json")
    assert json.loads(done.stdout)["camera"]["format"] == "grey8"
    assert (tmp_path / "camera" / "src" / "small_camera.h").is_file()
    if layout in CHECKS:
        assert "src/small_camera.c" in CHECKS[layout](tmp_path / "camera")


def test_same_model_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        build_module(SMALL, default_board("cortex-m4"), folder, "cmake")
    files = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()} for folder in folders
    ]
    assert {path: text for path, text in files[0].items() if path.name != "report.json"} == {
        path: text for path, text in files[1].items() if path.name != "report.json"
    }


@pytest.mark.parametrize(("name", "reason"), [("math", "would hide the header <math.h>"), ("m" * 51, "is too long")])
def test_names_that_no_library_can_have(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / f"{name}.tflite"
    path.write_bytes(SMALL.read_bytes())
    with pytest.raises(InputError, match=reason):
        build_module(path, default_board("cortex-m4"), tmp_path / "out", "cmake")
    assert not (tmp_path / "out").exists()


def test_command_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = invoke("build", SMALL, "--layout", "cmsis-pack", "--out", out)
    assert done.exit_code == 0 and "README.md" in done.output
    report = json.loads(invoke("build", SMALL, "--layout", "zephyr", "--out", out, "--json").stdout)
    assert report["layout"] == "zephyr" and 0 < report["ram"]["arena"] < 1000
    assert not list(out.glob("*.pdsc")), "a module takes the place of the one before it as a whole"
    for command in (("verify", out), ("flash", out), ("run", out, "--image", SMALL)):
        assert "a module for zephyr, and no firmware" in refused(invoke(*command))
    for options, reason in (
        (("--runtime", "tflm"), "--layout is for generated C"),
        (("--harness", "mlperf-tiny"), "--harness is for firmware"),
    ):
        assert reason in refused(invoke("build", SMALL, "--layout", "cmake", *options, "--out", out))
    (out / "mine.txt").write_text("keep me")
    assert "it holds mine.txt" in refused(invoke("build", SMALL, "--layout", "cmake", "--out", out))
    assert (out / "mine.txt").read_text() == "keep me"
