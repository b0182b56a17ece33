"""Damaged model files: thousands of them, each refused with one clear error or compiled, never a crash, a hang or a large allocation."""

import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ai_edge_litert import schema_py_generated as schema

from attendnets_tf.pretrained import bundled_model
from export.boards import default_board
from export.build import compile_plan
from export.errors import AttendNetsError, DoesNotFitError, InputError
from export.read import file_content, read_bytes
from tests.support.model_builder import ModelBuilder
from tests.support.shape_chains import CHAINS
from tests.support.stateful import streaming_model

FILES_PER_SEED = 600


def outcome(content: bytes) -> str:
    """What happens to a file; anything but an AttendNetsError fails the test that called."""
    try:
        compile_plan(read_bytes(content, "damaged.tflite", "damaged"), default_board("cortex-m4"), (), "")
    except InputError as error:
        assert error.message and error.hint
        return "refused"
    except DoesNotFitError:
        return "does not fit"
    return "compiled"


@pytest.mark.parametrize("seed", [1, 2])
def test_flipped_bits_and_bytes(seed: int) -> None:
    original = bundled_model().read_bytes()
    assert outcome(original) == "compiled"
    generator = random.Random(seed)
    outcomes = []
    started = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(FILES_PER_SEED):
        content = bytearray(original)
        # Weights are most of the file and any weight is valid, so half of the damage goes to the tables at the end and the start.
        for _ in range(generator.choice((1, 1, 2, 8))):
            position = (
                generator.randrange(len(content))
                if number % 2
                else generator.choice((generator.randrange(512), len(content) - 1 - generator.randrange(len(content) // 2)))
            )
            content[position] = generator.choice((content[position] ^ (1 << generator.randrange(8)), 0, 0xFF, 0x7F, 0x80))
        outcomes.append(outcome(bytes(content)))
    assert outcomes.count("refused") > FILES_PER_SEED // 20
    assert outcomes.count("compiled") > FILES_PER_SEED // 20
    assert time.process_time() - started < 200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes"


def test_flipped_bytes_in_a_model_with_a_state() -> None:
    """Subgraphs, variables and an SVDF, with hardly any weights: damage hits structure."""
    original, generator = streaming_model(), random.Random(3)
    outcomes = []
    for _ in range(FILES_PER_SEED):
        content = bytearray(original)
        for _ in range(generator.choice((1, 1, 2))):
            content[generator.randrange(len(content))] = generator.choice((0, 1, 2, 5, 0x7F, 0x80, 0xFF))
        outcomes.append(outcome(bytes(content)))
    assert min(outcomes.count("refused"), outcomes.count("compiled")) > FILES_PER_SEED // 20


@pytest.mark.parametrize("chain", CHAINS)
def test_flipped_bytes_of_small_models(chain: Callable[[], bytes]) -> None:
    """Models of which nearly every byte is a table, a shape or a number that shapes are computed from."""
    original, generator = chain(), random.Random(chain.__name__)
    assert outcome(original) == "compiled"
    for _ in range(300):
        content = bytearray(original)
        for _ in range(generator.choice((1, 1, 2, 4))):
            position = generator.randrange(len(content))
            content[position] = generator.choice((content[position] ^ (1 << generator.randrange(8)), 0, 1, 0xFF, 0x7F, 0x80))
        outcome(bytes(content))


@pytest.mark.parametrize("kind", [schema.BuiltinOptions.Conv2DOptions, schema.BuiltinOptions.NONE, 250])
def test_options_of_another_operator(kind: int) -> None:
    """TensorFlow Lite Micro reads no options then, and computes something else."""
    builder = ModelBuilder()
    source, output = builder.tensor((1, 8), 0.1, 3), builder.tensor((1, 8), 0.1, 3)
    builder.operator("ADD", [source, source], output, "AddOptions", fusedActivationFunction=1)
    assert outcome(builder.build([source], [output])) == "compiled"
    builder.graph.operators[0].builtinOptionsType = kind
    with pytest.raises(
        InputError, match=r"m is damaged: (an operator has (Conv2DOptions|NONE), not AddOptions|unknown kind of options)"
    ):
        read_bytes(builder.build([source], [output]), "m", "m")


def test_truncated() -> None:
    original = bundled_model().read_bytes()
    generator = random.Random(2)
    for length in sorted({*range(40), *(generator.randrange(len(original)) for _ in range(400))}):
        assert outcome(original[:length]) in ("refused", "compiled")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"A photograph of a cat.\n" * 10, "not a TensorFlow Lite model"),
        (b"\x1c\x00\x00\x00TFL3", "not a TensorFlow Lite model"),
        (b"\x1c\x00\x00\x00TFL3" + bytes(100), "is damaged"),
        (b"\xff\xff\xff\xffTFL3" + b"\xff" * 100, "is damaged"),
    ],
)
def test_not_a_model(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_bytes(file_content(path), str(path), "model")
    assert "model.tflite" in caught.value.message and caught.value.hint


def test_missing_file_and_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.tflite", tmp_path):
        with pytest.raises(AttendNetsError) as caught:
            read_bytes(file_content(path), str(path), "model")
        assert caught.value.exit_code == 2 and str(path) in caught.value.message
