"""Whole models of operators that move values: equal everywhere, down to the bytes of each of several outputs."""

from pathlib import Path

import numpy as np

from export.boards import default_board
from export.build import build
from export.executors import HostExecutor, ReferenceExecutor
from export.project import Project, load_project
from export.verify import random_samples, verify
from tests.support.model_builder import ModelBuilder
from tests.support.shape_chains import unpacked


def built(builder: ModelBuilder, inputs: list[int], outputs: list[int], folder: Path) -> Project:
    path = folder / "moves.tflite"
    path.write_bytes(builder.build(inputs, outputs))
    build(path, default_board("cortex-m4"), folder / "project")
    return load_project(folder / "project")


def test_split_and_unpack(tmp_path: Path) -> None:
    """Parts go through other operators and come together again; one is an output, one is read by nobody, one is a view."""
    builder = ModelBuilder()

    def tensor(shape: tuple[int, ...], name: str) -> int:
        return builder.tensor(shape, 0.1, 3, name)

    def number(value: int) -> int:
        return builder.constant(np.array(value, np.int32))

    image = tensor((2, 6, 4, 3), "image")
    halves = [tensor((2, 6, 2, 3), f"split:{i}") for i in range(2)]
    builder.operator("SPLIT", [number(2), image], halves, "SplitOptions", numSplits=2)
    flipped = builder.operator(
        "REVERSE_V2", [halves[1], builder.constant(np.array([1], np.int32))], tensor((2, 6, 2, 3), "flip")
    )
    total = builder.operator("ADD", [halves[0], flipped], tensor((2, 6, 2, 3), "sum"), "AddOptions")
    batches = [tensor((6, 2, 3), f"unstack:{i}") for i in range(2)]
    builder.operator("UNPACK", [total], batches, "UnpackOptions", num=2)
    rows = [tensor((size, 2, 3), f"rows:{i}") for i, size in enumerate([1, 2, 3])]
    sizes = builder.constant(np.array([1, 2, 3], np.int32))
    builder.operator("SPLIT_V", [batches[0], sizes, number(0)], rows, "SplitVOptions", numSplits=3)
    row = builder.operator("SQUEEZE", [rows[0]], tensor((2, 3), "row"), "SqueezeOptions", squeezeDims=[0])
    packed = builder.operator("PACK", [row, row], tensor((2, 2, 3), "stack"), "PackOptions", valuesCount=2, axis=1)
    project = built(builder, [image], [packed, batches[1], rows[2]], tmp_path)

    result = verify(project, random_samples(6, project.inputs))
    assert result.equal, result.first_difference
    assert result.checked[:5] == (
        "reference", "host C", "firmware on unicorn", "tflite-micro", "TensorFlow Lite reference kernels",
    )  # fmt: skip

    names = [layer.name for layer in project.layers]
    assert {"split:0", "split:1", "unstack:0", "unstack:1", "rows:0", "rows:1", "rows:2"} <= set(names)
    (sample,) = random_samples(1, project.inputs)
    traced, expected = HostExecutor(project, tmp_path).layers(sample), ReferenceExecutor(project.graph()).layers(sample)
    assert len(traced) == len(names) and all(expected[index] == data for index, data in traced.items())


def test_dilated_convolution_of_an_older_exporter(tmp_path: Path) -> None:
    """SPACE_TO_BATCH_ND with padding, for which only TensorFlow Lite is an oracle, and back."""
    builder = ModelBuilder()
    blocks = builder.constant(np.array([2, 2], np.int32))
    image = builder.tensor((1, 5, 6, 2), 0.1, 3, "image")
    batches = builder.tensor((4, 5, 5, 2), 0.1, 3, "batches")
    widths = builder.constant(np.array([[2, 3], [2, 2]], np.int32))
    builder.operator("SPACE_TO_BATCH_ND", [image, blocks, widths], batches, "SpaceToBatchNDOptions")
    weights = np.random.default_rng(0).integers(-127, 128, (3, 3, 3, 2)).astype(np.int8)
    filtered = builder.tensor((4, 3, 3, 3), 0.5, -4, "filtered")
    operands = [batches, builder.constant(weights, [0.02]), builder.constant(np.zeros(3, np.int32), [0.002])]
    builder.operator("CONV_2D", operands, filtered, "Conv2DOptions", padding=1, strideH=1, strideW=1)
    output = builder.tensor((1, 5, 6, 3), 0.5, -4, "output")
    crops = builder.constant(np.array([[0, 1], [0, 0]], np.int32))
    builder.operator("BATCH_TO_SPACE_ND", [filtered, blocks, crops], output, "BatchToSpaceNDOptions")
    project = built(builder, [image], [output], tmp_path)
    result = verify(project, random_samples(5, project.inputs))
    assert result.equal, result.first_difference
    assert "memory" in result.left_out["tflite-micro"] and "TensorFlow Lite reference kernels" in result.checked


def test_shape_arithmetic_that_the_interpreter_refuses_to_run(tmp_path: Path) -> None:
    """TensorFlow Lite Micro notices only when it runs that it cannot add an axis to integers: it is left out, with its reason."""
    (tmp_path / "shapes.tflite").write_bytes(unpacked())
    build(tmp_path / "shapes.tflite", default_board("cortex-m4"), tmp_path / "project")
    project = load_project(tmp_path / "project")
    result = verify(project, random_samples(4, project.inputs))
    assert result.equal, result.first_difference
    assert result.left_out["tflite-micro"].startswith("it refuses the model")
    assert "TensorFlow Lite reference kernels" in result.checked
