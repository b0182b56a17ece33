"""A compiled model in Python: the reference's and the firmware's bytes, any number of tensors, and nothing left behind."""

import copy
import errno
import gc
import pickle
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import export
from attendnets_tf.images import load_image, to_int8
from attendnets_tf.pretrained import bundled_images, bundled_model
from export.boards import default_board
from export.build import build
from export.check import check
from export.compile import zig
from export.compiled import CompiledModel, load, sample_shape
from export.errors import AttendNetsError, InputError
from export.project import load_project
from export.read import read_bytes
from export.reference import predict
from export.run import open_device
from tests.support.graphs import random_graph
from tests.support.model_builder import PADDING, ModelBuilder
from tests.support.oracle import tflm


def written(model: bytes, folder: Path) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(model)
    return path


def reshaping(source: tuple[int, ...], output: tuple[int, ...]) -> bytes:
    builder = ModelBuilder()
    x, y = builder.tensor(source, 0.1, 3), builder.tensor(output, 0.1, 3)
    shape = builder.constant(np.array(output, np.int32))
    builder.operator("RESHAPE", [x, shape], y, "ReshapeOptions", newShape=list(output))
    return builder.build([x], [y])


@pytest.fixture(scope="module")
def digits() -> CompiledModel:
    return export.load(bundled_model())


def test_the_bytes_of_reference_and_firmware(digits: CompiledModel, tmp_path: Path) -> None:
    """Real images and noise, from the .tflite and from the project folder."""
    images = np.stack([to_int8(load_image(path, 28, 28, 1)) for path, _ in bundled_images()[:3]])
    noise = np.random.default_rng(0).integers(-128, 128, (2, 28, 28, 1), dtype=np.int8)
    batch = np.concatenate([images, noise])
    outputs = digits.predict(batch)
    assert isinstance(outputs, np.ndarray) and outputs.dtype == np.int8 and outputs.shape == (5, 10)
    graph = check(read_bytes(bundled_model().read_bytes(), "model", "model"))
    assert np.array_equal(outputs, np.concatenate([predict(graph, [image[None]])[0] for image in batch]))
    assert outputs[:3].argmax(axis=1).tolist() == [0, 1, 2]

    build(bundled_model(), default_board("cortex-m4"), tmp_path / "project")
    assert np.array_equal(load(tmp_path / "project").predict(batch), outputs)
    project = load_project(tmp_path / "project")
    with open_device("unicorn", project.elf, project.board) as device:
        replies = [device.infer(image.tobytes()).output for image in batch]
    assert b"".join(replies) == outputs.tobytes()


def test_the_tensors_are_described(digits: CompiledModel) -> None:
    source, scores = digits.inputs[0], digits.outputs[0]
    assert (source.name, source.shape, source.scale, source.zero_point) == ("image", (1, 28, 28, 1), 1 / 128, 0)
    assert (scores.shape, scores.scale, scores.zero_point) == ((1, 10), 1 / 256, -128)


@pytest.mark.parametrize("seed", range(3, 9))
def test_several_inputs_and_outputs(seed: int, tmp_path: Path) -> None:
    case = random_graph(seed)
    model = load(written(case.model, tmp_path))
    shapes = [(4, *sample_shape(value)) for value in model.inputs]
    batch = [np.random.default_rng(seed).integers(-128, 128, shape, dtype=np.int8) for shape in shapes]
    found = model.predict(batch)
    outputs = [found] if isinstance(found, np.ndarray) else found
    assert [output.shape for output in outputs] == [(4, *sample_shape(value)) for value in model.outputs]
    for number in range(4):
        expected = tflm(
            case.model, [part[number].reshape(value.shape) for part, value in zip(batch, model.inputs, strict=True)]
        )
        assert [output[number].tobytes() for output in outputs] == [values.tobytes() for values in expected]


@pytest.mark.parametrize(
    ("source", "output", "samples", "results"),
    [
        ((1, 6), (1, 2, 3), (6,), (2, 3)),
        ((6,), (2, 3), (6,), (2, 3)),
        ((2, 3), (1, 6), (2, 3), (6,)),
        ((1,), (1, 1), (), (1,)),
    ],
)
def test_a_batch_axis_is_a_leading_one(
    source: tuple[int, ...], output: tuple[int, ...], samples: tuple[int, ...], results: tuple[int, ...], tmp_path: Path
) -> None:
    model = load(written(reshaping(source, output), tmp_path))
    for count in (0, 1, 3):
        batch = np.random.default_rng(0).integers(-128, 128, (count, *samples), dtype=np.int8)
        found = model.predict(batch)
        assert isinstance(found, np.ndarray) and found.shape == (count, *results)
        assert found.tobytes() == batch.tobytes()


def test_batches_need_not_be_contiguous(tmp_path: Path) -> None:
    model = load(written(reshaping((1, 2, 3), (1, 6)), tmp_path))
    batch = np.arange(12, dtype=np.int8).reshape(2, 3, 2).transpose(0, 2, 1)
    assert np.array_equal(model.predict(batch), batch.reshape(2, 6))


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((2, 28, 28, 1), np.uint8),
        np.zeros((2, 28, 28, 1), np.float32),
        np.zeros((28, 28, 1), np.int8),
        np.zeros((2, 784), np.int8),
        np.array(3, np.int8),
        3,
        [[0] * 784],
    ],
    ids=["uint8", "float32", "no batch", "flat", "scalar", "number", "list"],
)
def test_another_shape_or_type_is_refused(digits: CompiledModel, batch: Any) -> None:
    with pytest.raises(InputError, match=r"Input image takes int8 \[n, 28, 28, 1\], not") as caught:
        digits.predict(batch)
    assert "0.0078125" in caught.value.hint


def test_another_number_of_arrays_is_refused(digits: CompiledModel, tmp_path: Path) -> None:
    image = np.zeros((1, 28, 28, 1), np.int8)
    with pytest.raises(InputError, match=r"has 1 inputs \(image\), not 2"):
        digits.predict([image, image])
    builder = ModelBuilder()
    a, b, total = (builder.tensor((1, 4), 0.1, 0, name) for name in "abc")
    builder.operator("ADD", [a, b], total, "AddOptions")
    model = load(written(builder.build([a, b], [total]), tmp_path))
    with pytest.raises(InputError, match="different numbers of samples: 2, 3"):
        model.predict([np.zeros((2, 4), np.int8), np.zeros((3, 4), np.int8)])


def test_paths_that_are_no_model(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.tflite", "no such file"), (tmp_path, "not a firmware project")):
        with pytest.raises(InputError, match=message):
            load(path)


@pytest.mark.parametrize("path", [None, 3, b"model.tflite", ["model.tflite"]])
def test_what_is_no_path(path: Any) -> None:
    with pytest.raises(InputError, match=f"from a path, not from {type(path).__name__}"):
        load(path)


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b", ""])
def test_paths_that_cannot_be(path: str) -> None:
    with pytest.raises(InputError):
        load(path)


def test_no_room_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/tmp/model.c")

    monkeypatch.setattr("export.compiled.render", full)
    with pytest.raises(AttendNetsError, match=r"tflite cannot be compiled: No space left on device: /tmp/model\.c") as caught:
        load(bundled_model())
    assert "TMPDIR" in caught.value.hint and caught.value.exit_code == 1
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")
    with pytest.raises(AttendNetsError, match=r"tflite cannot be compiled: No such file or directory: /no/such/folder"):
        load(bundled_model())


def test_a_compiler_that_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export.compile.host.find_host_compiler", lambda: ("true",))
    with pytest.raises(AttendNetsError, match=r"`true .*` wrote no .*attendnet_digits") as caught:
        load(bundled_model())
    assert caught.value.hint


def test_models_stay_in_their_process(digits: CompiledModel) -> None:
    for send in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied: load it again"):
            send(digits)


def test_a_model_too_large_for_any_target(tmp_path: Path) -> None:
    model = load(written(reshaping((1, 3_000_000), (1, 1000, 3000)), tmp_path))
    assert model.predict(np.ones((1, 3_000_000), np.int8)).sum() == 3_000_000  # type: ignore[union-attr]


def test_threads_wait_for_each_other(digits: CompiledModel) -> None:
    batches = np.random.default_rng(1).integers(-128, 128, (8, 20, 28, 28, 1), dtype=np.int8)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(digits.predict, batches))
    for batch, found in zip(batches, together, strict=True):
        assert np.array_equal(digits.predict(batch), found)


def test_two_models_of_one_name_are_apart(tmp_path: Path) -> None:
    models = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        builder = ModelBuilder()
        x, y = builder.tensor((1, 1), 0.1, 0), builder.tensor((1, 1), 0.1 / number, 0)
        builder.operator("QUANTIZE", [x], y, "QuantizeOptions")
        models.append(load(written(builder.build([x], [y]), tmp_path / str(number))))
    assert [int(np.asarray(model.predict(np.array([[5]], np.int8))).item()) for model in models] == [5, 10]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(reshaping((1, 6), (1, 2, 3)), tmp_path)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    model = load(path)
    assert list((tmp_path / "temporary").iterdir())
    del model
    gc.collect()
    assert not list((tmp_path / "temporary").iterdir())


def test_ziglang_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if zig.find() is None:
        pytest.skip("the ziglang package is not installed")
    case = random_graph(1)
    expected = load(written(case.model, tmp_path))
    monkeypatch.setattr("export.programs.Program.find", lambda program: None)
    model = load(written(case.model, tmp_path))
    batch = [values.reshape(1, *sample_shape(value)) for value, values in zip(model.inputs, case.inputs, strict=True)]
    for found, wanted in zip(model.predict(batch), expected.predict(batch), strict=True):
        assert np.array_equal(found, wanted)


def test_compilers_that_do_not_know_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("export.compile.host._NATIVE_FLAG", "-march=unheard-of")
    model = load(written(reshaping((1, 6), (1, 2, 3)), tmp_path))
    assert np.array_equal(model.predict(np.ones((1, 6), np.int8)), np.ones((1, 2, 3)))


def test_importing_is_cheap() -> None:
    code = "import sys, export; print([name for name in ('numpy', 'jinja2', 'tflite') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_fifty_images_per_second(tmp_path: Path) -> None:
    """Ten million multiply-accumulates take a tenth of the time allowed here; CPU time does not depend on the machine's load."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 32, 32, 16), 0.1, 3), builder.tensor((1, 32, 32, 68), 0.3, 1)
    weights = builder.constant(np.random.default_rng(0).integers(-127, 128, (68, 3, 3, 16)).astype(np.int8), [0.01] * 68)
    fields = {"padding": PADDING["SAME"], "strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    builder.operator("CONV_2D", [source, weights], output, "Conv2DOptions", **fields)
    model = load(written(builder.build([source], [output]), tmp_path))
    batch = np.random.default_rng(1).integers(-128, 128, (20, 32, 32, 16), dtype=np.int8)
    started = time.process_time()
    model.predict(batch)
    assert len(batch) / (time.process_time() - started) > 50


def test_types_at_the_boundary(tmp_path: Path) -> None:
    """float32 in, uint8 out: quantized by the first operator, and given another zero point by the last."""
    builder = ModelBuilder()
    x = builder.tensor((1, 2, 3), 1.0, 0, "x", dtype="float32")
    y, z = builder.tensor((1, 2, 3), 0.5, -10, "y"), builder.tensor((1, 2, 3), 0.5, 118, "z", dtype="uint8")
    builder.operator("QUANTIZE", [x], y, "QuantizeOptions")
    builder.operator("QUANTIZE", [y], z, "QuantizeOptions")
    model = load(written(builder.build([x], [z]), tmp_path))
    batch = np.array([[[0.0, 1.0, -1.0], [2.0, 100.0, -100.0]], np.eye(2, 3)], np.float32)
    found = model.predict(batch)
    assert isinstance(found, np.ndarray) and found.dtype == np.uint8
    assert found.tolist() == [[[118, 120, 116], [122, 255, 0]], [[120, 118, 118], [118, 120, 118]]]
    with pytest.raises(InputError, match=r"takes float32 \[n, 2, 3\], not int8"):
        model.predict(batch.astype(np.int8))
