"""The project around TensorFlow Lite Micro: what is rendered, that it compiles, and that it answers on the emulators."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from attendnets_tf.pretrained import bundled_images, bundled_model
from export.boards import default_board
from export.compiled import load
from export.errors import AttendNetsError, DoesNotFitError, InputError
from export.project import load_project
from export.read import read_bytes
from export.run import open_device
from export.targets import load_target
from export.tflm import build_tflm
from export.tflm.library import Library, find_library
from export.tflm.plan import described
from tests.support.graphs import chain, random_graph
from tests.support.model_builder import ModelBuilder
from tests.support.stateful import streaming_model
from tests.support.tflm_tree import make_headers, make_tree


@pytest.fixture(autouse=True)
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tflite_micro", reason="the tflite-micro package is not installed")
    monkeypatch.delenv("TFLM_DIR", raising=False)


@pytest.fixture
def tools() -> None:
    for program in ("arm-none-eabi-g++", "make"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def written(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def files_of(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}


def test_what_is_rendered(tmp_path: Path) -> None:
    result = invoke("build", bundled_model(), "--runtime", "tflm", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["runtime"] == "tflm" and report["elf"] is None and report["model"] == bundled_model().stat().st_size
    assert (
        "TFLM_DIR" in report["missing"] and "TARGET_ARCH=cortex-m4 OPTIMIZED_KERNEL_DIR=cmsis_nn microlite" in report["missing"]
    )
    assert report["arena"]["bytes"] == report["arena"]["measured"] + report["arena"]["margin"] == report["ram"]["arena"]
    assert report["flash"] == {"code": None, "constants": None, "total": None}
    text = (tmp_path / "out" / "model" / "attendnet_digits.cc").read_text()
    assert "MicroMutableOpResolver<10> resolver_;" in text
    assert re.findall(r"resolver\.(\w+)\(\) == kTfLiteOk", text) == report["registrations"]
    assert f"kArenaBytes = {report['arena']['measured']} + {report['arena']['margin']};" in text
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["labels"] == list("0123456789")
    assert (tmp_path / "out" / "model.tflite").read_bytes() == bundled_model().read_bytes()


def test_the_array_is_the_model(tmp_path: Path) -> None:
    build_tflm(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    text = (tmp_path / "out" / "model" / "attendnet_digits_flatbuffer.cc").read_text()
    assert f"alignas(16) const unsigned char attendnet_digits_flatbuffer[{bundled_model().stat().st_size}] = {{" in text
    values = text[text.index("{") + 1 : text.index("}")].split(",")
    assert bytes(int(value) for value in values if value.strip()) == bundled_model().read_bytes()


def test_an_operator_that_only_the_interpreter_has(tmp_path: Path) -> None:
    model = written(chain("TANH", "NEG"), tmp_path / "tanh.tflite")
    build_tflm(model, default_board("cortex-m0"), tmp_path / "out")
    text = (tmp_path / "out" / "model" / "tanh.cc").read_text()
    assert re.findall(r"resolver\.(\w+)\(\)", text) == ["AddTanh", "AddNeg"]


def test_rendering_is_reproducible(tmp_path: Path) -> None:
    for name in ("first", "second"):
        build_tflm(bundled_model(), default_board("cortex-m4"), tmp_path / name)
    first, second = (files_of(tmp_path / name) for name in ("first", "second"))
    del first["report.json"], second["report.json"]
    assert first == second and not any(str(tmp_path).encode() in content for content in first.values())


def test_a_refused_operator_leaves_nothing(tmp_path: Path) -> None:
    model = written(chain("TILE"), tmp_path / "tile.tflite")
    result = invoke("build", model, "--runtime", "tflm", "--out", tmp_path / "out")
    assert result.exit_code == 2 and "has no operator TILE" in result.stderr and not (tmp_path / "out").exists()


def test_resource_variables_are_for_the_other_runtime(tmp_path: Path) -> None:
    model = written(streaming_model(), tmp_path / "streaming.tflite")
    result = invoke("build", model, "--runtime", "tflm", "--out", tmp_path / "out")
    assert result.exit_code == 2 and "keeps resource variables" in result.stderr and not (tmp_path / "out").exists()


def test_types_at_the_ends() -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 8), 0.1, 0), builder.tensor((1, 8), 0.1, 0, dtype="float32")
    builder.operator("DEQUANTIZE", [source], output)
    graph = read_bytes(builder.build([source], [output]), "model", "model")
    (described_output,) = described(graph, graph.outputs, "output")
    assert (described_output.dtype, described_output.bytes, described_output.scale) == ("float32", 32, 1.0)
    builder.graph.tensors[output].type = 6  # BOOL
    graph = read_bytes(builder.build([source], [output]), "model", "model")
    with pytest.raises(InputError, match="output t1 is bool; inputs and outputs can be int8"):
        described(graph, graph.outputs, "output")


def test_what_cannot_fit_is_refused(tmp_path: Path) -> None:
    board = default_board("cortex-m4")
    small = board.model_copy(update={"ram": (board.ram[0].model_copy(update={"bytes": 40_000}),)})
    with pytest.raises(DoesNotFitError, match="attendnet_digits with TensorFlow Lite Micro does not fit mps2_an386"):
        build_tflm(bundled_model(), small, tmp_path / "out")
    small = board.model_copy(update={"flash": board.flash.model_copy(update={"bytes": 64_000})})
    with pytest.raises(DoesNotFitError, match=r"needs at least [0-9]+ bytes of flash and has 64000"):
        build_tflm(bundled_model(), small, tmp_path / "out")


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_cpp_has_no_warnings(seed: int, nested: bool, tmp_path: Path) -> None:
    """One to three inputs, several outputs, and both places where the library's versions have their classes."""
    compiler = shutil.which("g++") or pytest.skip("g++ is not installed")
    model = written(random_graph(seed).model, tmp_path / "random.tflite")
    build_tflm(model, default_board("cortex-m4"), tmp_path / "out")
    tree = make_headers(tmp_path / "tree", nested)
    for source in sorted((tmp_path / "out").rglob("*.cc")):
        flags = ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"]
        includes = ["-iquote.", "-iquoteharness", "-isystem", str(tree)]
        subprocess.run([compiler, *flags, *includes, "-fsyntax-only", source], cwd=tmp_path / "out", check=True)


def test_the_makefile_says_what_is_missing(tmp_path: Path) -> None:
    make = shutil.which("make") or pytest.skip("make is not installed")
    build_tflm(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    done = subprocess.run([make], cwd=tmp_path / "out", capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "build it there: make -f tensorflow/lite/micro" in done.stderr


def test_a_folder_without_a_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFLM_DIR", str(tmp_path))
    with pytest.raises(InputError, match="holds no library for cortex-m7") as caught:
        build_tflm(bundled_model(), default_board("cortex-m7"), tmp_path / "out")
    assert "TARGET_ARCH=cortex-m7" in caught.value.hint


def test_paths_of_a_library_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop", tmp_path / ("x" * 5000), tmp_path / ("y/" * 5000)):
        monkeypatch.setenv("TFLM_DIR", str(path))
        with pytest.raises(InputError, match=r"^TFLM_DIR=.*(cannot be read|holds no library)") as caught:
            find_library(load_target("cortex-m4"))
        assert len(caught.value.message) < 400


def test_the_library_built_last_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFLM_DIR", str(tmp_path))
    for built, folder in enumerate(
        ("cortex-m4+fp_default_cmsis_nn", "cortex-m4_release", "cortex-m4_default", "cortex-m33_default")
    ):
        path = tmp_path / "gen" / f"cortex_m_generic_{folder}_gcc" / "lib" / "libtensorflow-microlite.a"
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (0, 10 - built if folder != "cortex-m33_default" else 99))
    library = find_library(load_target("cortex-m4"))
    assert isinstance(library, Library) and library.architecture == "cortex-m4+fp"
    assert library.path.parent.parent.name == "cortex_m_generic_cortex-m4+fp_default_cmsis_nn_gcc"


def test_without_its_elf_a_project_cannot_run(tmp_path: Path) -> None:
    build_tflm(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    with pytest.raises(InputError, match=r"attendnet_digits\.elf is missing") as caught:
        load_project(tmp_path / "out")
    assert "Set TFLM_DIR" in caught.value.hint and "--runtime tflm" in caught.value.hint


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(("architecture", "nested"), [("cortex-m4", True), ("cortex-m4+fp", False)])
def test_it_answers(architecture: str, nested: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the stand-in for the library, whose interpreter gives the complement of its input, on every emulator."""
    monkeypatch.setenv("TFLM_DIR", str(make_tree(tmp_path / "tree", architecture, nested)))
    result = build_tflm(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    report = result.report()
    assert report["missing"] is None and report["flash"]["constants"] > report["model"]
    assert report["ram"]["total"] >= report["ram"]["arena"] + report["ram"]["stack"]
    project = load_project(tmp_path / "out")
    names: list[str] = ["unicorn", "qemu"] if shutil.which("qemu-system-arm") else ["unicorn"]
    instructions: dict[int, set[int | None]] = {0: set(), 77: set()}
    for name in names:
        with open_device(name, project.elf, project.board) as device:
            device.require_plan(project.plan_hash)
            for value in instructions:
                reply = device.infer(bytes([value]) * device.ready.input_bytes)
                assert reply.output == bytes([255 - value]) * 10 and 0 < reply.stack < report["ram"]["stack"]
                instructions[value].add(reply.instructions)
    assert all(len(counts) == 1 for counts in instructions.values())


@pytest.mark.usefixtures("tools")
def test_run_takes_it_and_what_needs_generated_c_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFLM_DIR", str(make_tree(tmp_path / "tree")))
    assert invoke("build", "--runtime", "tflm", "--out", tmp_path / "out").exit_code == 0
    result = invoke("run", tmp_path / "out", "--image", bundled_images()[0][0], "--json")
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert content["layers"] == {} and content["instructions"] > 0 and len(content["output"]) == 10
    refused = invoke("verify", tmp_path / "out", "--samples", 1)
    assert refused.exit_code == 2 and "no generated C" in refused.stderr
    with pytest.raises(InputError, match="no generated C"):
        load(tmp_path / "out")


@pytest.mark.usefixtures("tools")
def test_the_interpreters_refusal_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFLM_DIR", str(make_tree(tmp_path / "tree", refuses=True)))
    result = build_tflm(bundled_model(), default_board("cortex-m4"), tmp_path / "out")
    assert result.firmware
    with pytest.raises(AttendNetsError, match="ERROR runtime tensors cannot be allocated"):
        open_device("unicorn", result.firmware.elf, default_board("cortex-m4")).__enter__()
