"""Training: the same bytes however often it was interrupted, nothing half-written, and other runs left alone."""

import json
import warnings
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

if find_spec("tensorflow") is None:
    pytest.skip("TensorFlow is not installed", allow_module_level=True)

from attendnets_tf import checkpoint
from attendnets_tf.batches import TrainingBatches
from attendnets_tf.camera import resize
from attendnets_tf.card import float_path, load_card
from attendnets_tf.configuration import Augmentation, TrainingConfig
from attendnets_tf.data import Split, load_dataset
from attendnets_tf.images import PREPROCESSING, RESIZES
from attendnets_tf.specification import Attention, Input, Specification, Stage, Stem
from attendnets_tf.training import train
from export.errors import AttendNetsError, InputError

SPECIFICATION = Specification("tiny", Input(8, 8, 1), 7, Stem(4, 1), (Stage(4, 2, 1, 2),), Attention("mul_residual", "sigmoid"))


@pytest.fixture
def config(tmp_path: Path) -> TrainingConfig:
    labels = np.arange(60) % 2
    images = np.random.default_rng(0).integers(0, 100, (60, 8, 8))
    images[labels == 1] += np.linspace(0, 150, 8, dtype=int)[:, None]
    np.savez(tmp_path / "slopes.npz", x=images.astype(np.uint8), y=labels, classes=["flat", "slope"])
    return TrainingConfig(
        str(tmp_path / "slopes.npz"),
        SPECIFICATION,
        tmp_path / "reference",
        epochs=3,
        qat_epochs=2,
        batch_size=8,
        augmentation=Augmentation(flip=True),
        command="the command",
    )


class _Interrupt:
    """Raises what Ctrl-C raises, in the given phase and epoch."""

    def __init__(self, phase: str, epoch: int) -> None:
        self.at, self.calls = (phase, epoch), 0

    def __call__(self, phase: str, epoch: int, epochs: int, step: int, steps: int, metrics: dict[str, float]) -> None:
        assert 1 <= epoch <= epochs
        assert 1 <= step <= steps
        self.calls += 1
        if (phase, epoch) == self.at and step == 2:
            raise KeyboardInterrupt


@pytest.mark.timeout(240)
def test_interrupted_training_gives_the_same_model(config: TrainingConfig, tmp_path: Path) -> None:
    reference = train(config)
    model = reference.tflite.read_bytes()

    interrupted = replace(config, output=tmp_path / "interrupted")
    for phase, epoch in (("float", 3), ("qat", 2)):
        with pytest.raises(KeyboardInterrupt):
            train(interrupted, _Interrupt(phase, epoch))
        assert [path.name for path in interrupted.output.iterdir()] == ["checkpoint.npz"]
    resumed = train(interrupted)
    assert resumed.tflite.read_bytes() == model
    assert float_path(resumed.tflite).read_bytes() == float_path(reference.tflite).read_bytes()
    assert resumed.metrics == reference.metrics

    names = {"tiny.tflite", "tiny_float.tflite", "tiny.json", "tiny.weights.h5", "metrics.json", "curves.png", "checkpoint.npz"}
    names |= {"specification.json"}
    assert {path.name for path in reference.tflite.parent.iterdir()} == names
    card = load_card(reference.tflite)
    assert card == reference.card
    assert card is not None
    assert (card.labels, card.command) == (("flat", "slope"), "the command")
    assert card.dataset["images"] == {"train": 48, "validation": 6, "test": 6}
    metrics = json.loads((config.output / "metrics.json").read_text())
    assert metrics == json.loads(json.dumps(reference.metrics))
    assert [(entry["phase"], entry["epoch"]) for entry in metrics["history"]] == [
        ("float", 1), ("float", 2), ("float", 3), ("qat", 1), ("qat", 2)
    ]  # fmt: skip
    assert sum(map(sum, metrics["confusion"])) == 6


def test_a_folder_with_another_run_is_left_alone(config: TrainingConfig, tmp_path: Path) -> None:
    checkpoint.save(_folder(config), {"seed": 2}, checkpoint.State())
    before = (config.output / "checkpoint.npz").read_bytes()
    with pytest.raises(InputError, match=r"other settings .*seed"):
        train(config)
    assert (config.output / "checkpoint.npz").read_bytes() == before


def test_a_broken_checkpoint_is_refused_by_name(config: TrainingConfig) -> None:
    (_folder(config) / "checkpoint.npz").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError, match=r"checkpoint.npz: not a readable checkpoint"):
        train(config)


def test_a_file_in_the_place_of_the_folder_is_refused(config: TrainingConfig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be an output folder"):
        train(replace(config, output=tmp_path / "file"))


def test_divergence_is_an_error_not_a_model(config: TrainingConfig) -> None:
    with warnings.catch_warnings(), pytest.raises(AttendNetsError, match="diverged"):
        warnings.simplefilter("ignore")
        train(replace(config, learning_rate=1e30, warmup_epochs=0))
    assert not list(config.output.iterdir())


def test_a_checkpoint_survives_a_round_trip(tmp_path: Path) -> None:
    arrays = [np.arange(3.0), np.array(7, np.int64)]
    state = checkpoint.State({"float": checkpoint.PhaseState(2, 1, (0.5, -1.0), arrays, arrays[::-1])}, [{"loss": 0.1}])
    checkpoint.save(tmp_path, {"seed": 1}, state)
    loaded = checkpoint.load(tmp_path, {"seed": 1})
    assert loaded.history == state.history
    phase = loaded.phases["float"]
    assert (phase.epoch, phase.best_epoch, phase.best_score) == (2, 1, (0.5, -1.0))
    for found, expected in ((phase.best, arrays), (phase.current, arrays[::-1])):
        assert [(a.dtype, a.tolist()) for a in found] == [(a.dtype, a.tolist()) for a in expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"seed": -1},
        {"label_smoothing": 1.0},
        {"augmentation": Augmentation(0.5)},
        {"resize": "nearest"},
        {"quantization": "int4"},
    ],
)
def test_settings_that_cannot_train_are_refused(config: TrainingConfig, changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match=" is "):
        replace(config, **changes)  # type: ignore[arg-type]


def test_training_resizes_as_it_is_told_and_the_card_says_so(config: TrainingConfig, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 17, 13), dtype=np.uint8)
    np.savez(tmp_path / "large.npz", x=images, y=np.arange(20) % 2)
    source = str(tmp_path / "large.npz")
    quick = replace(config, data=source, epochs=1, qat_epochs=1, resize="area")
    card = train(quick).card
    assert card.preprocessing == PREPROCESSING | {"resize": "area"}
    seen = {load_dataset(source, 8, 8, 1, method=method).train.images.tobytes() for method in RESIZES}
    expected = {resize(image[..., None], 8, 8, "area").tobytes() for image in images}
    assert len(seen) == len(RESIZES)
    assert {image.tobytes() for image in load_dataset(source, 8, 8, 1, method="area").train.images} < expected
    with pytest.raises(InputError, match=r"other settings .*resize"):
        train(replace(quick, resize="bilinear"))


def test_batches_depend_on_the_seed_alone_and_only_move_pixels() -> None:
    images = np.arange(10 * 64, dtype=np.int64).reshape(10, 8, 8, 1).astype(np.uint8)
    split = Split(images, np.arange(10))
    batches = TrainingBatches(split, 10, 4, Augmentation(shift=0.25, flip=True))
    assert batches.steps == 2

    def epoch(number: int) -> list[tuple[bytes, list[int]]]:
        return [(x.numpy().tobytes(), y.numpy().tolist()) for x, y in batches.epoch((1, 0, number))]

    assert epoch(1) == epoch(1) != epoch(2)
    for x, y in batches.epoch((1, 0, 1)):
        pixels = np.round(x.numpy() * 128 + 128).astype(np.uint8)
        for image, label in zip(pixels[..., 0], y.numpy().argmax(axis=1), strict=True):
            assert any(np.array_equal(image, shifted) for shifted in _shifts(images[label, ..., 0], 2))


def test_no_augmentation_leaves_images_alone_and_a_small_split_makes_one_batch() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 4, 6, 3), dtype=np.uint8)
    batches = TrainingBatches(Split(images, np.arange(5)), 5, 64, Augmentation(shift=0.0))
    [(x, y)] = batches.epoch((0,))
    assert np.array_equal(np.round(x.numpy() * 128 + 128), images[y.numpy().argmax(axis=1)])


def test_tone_erase_and_mixup_do_what_they_say() -> None:
    images = np.random.default_rng(0).integers(60, 200, (8, 10, 10, 3), dtype=np.uint8)
    split = Split(images, np.arange(8))

    def batch(**changes: float) -> tuple[np.ndarray, np.ndarray]:
        [(x, y)] = TrainingBatches(split, 8, 8, Augmentation(shift=0.0, **changes)).epoch((3,))
        return x.numpy(), y.numpy()

    plain, labels = batch()
    erased, same = batch(erase=0.3)
    assert np.array_equal(labels, same)
    changed = (erased != plain).any(axis=-1)
    assert (changed.sum(axis=(1, 2)) <= 9).all() and changed.sum() >= 8 * 9 - 3 and (erased[changed] == 0).all()
    toned, _ = batch(tone=0.2)
    for image, other in zip(plain, toned, strict=True):
        slope, offset = np.polyfit(image.ravel(), other.ravel(), 1)
        assert abs(slope - 1) <= 0.2 and abs(offset) <= 0.4
        assert np.allclose(image * slope + offset, other, atol=1e-4)
    mixed, shares = batch(mixup=0.4)
    assert np.allclose(shares.sum(axis=1), 1) and (np.count_nonzero(shares, axis=1) <= 2).all()
    order = labels.argmax(axis=1)
    original = np.empty_like(plain)
    original[order] = plain
    assert np.allclose(mixed, np.tensordot(shares, original, 1), atol=1e-5)


def test_patience_ends_a_phase_early(config: TrainingConfig) -> None:
    result = train(replace(config, epochs=60, qat_epochs=1, learning_rate=1e-9, patience=2))
    assert [entry["phase"] for entry in result.metrics["history"]].count("float") < 60


def test_the_average_of_the_weights_is_what_is_kept(config: TrainingConfig, tmp_path: Path) -> None:
    """With a decay near 1 it has hardly moved after a few steps; and interrupted runs agree."""
    averaged = replace(config, average_decay=0.99, output=tmp_path / "averaged")
    reference = train(averaged).tflite.read_bytes()
    interrupted = replace(averaged, output=tmp_path / "interrupted")
    with pytest.raises(KeyboardInterrupt):
        train(interrupted, _Interrupt("float", 2))
    assert train(interrupted).tflite.read_bytes() == reference
    assert train(replace(config, output=tmp_path / "plain")).tflite.read_bytes() != reference


def test_a_teacher_teaches(config: TrainingConfig, tmp_path: Path) -> None:
    """Labels count for nothing: the student learns them from the teacher alone; another teacher is another run."""
    teacher = train(replace(config, epochs=12, learning_rate=2e-2, output=tmp_path / "teacher"))
    taught = replace(
        config,
        teacher=str(teacher.tflite.parent),
        teacher_weight=1.0,
        epochs=12,
        learning_rate=2e-2,
        output=tmp_path / "student",
    )
    result = train(taught)
    assert result.metrics["accuracy"]["float"] >= 0.8
    with pytest.raises(InputError, match="teacher_weight"):
        train(replace(taught, teacher_weight=0.5))
    with pytest.raises(InputError, match="the teacher sees"):
        larger = replace(SPECIFICATION, input=Input(12, 12, 1))
        train(replace(taught, specification=larger, output=tmp_path / "other"))


def test_quantization_after_training_rounds_the_float_weights_as_they_are(config: TrainingConfig) -> None:
    """It goes on from a run with fine-tuning: what both share is not trained again."""
    tuned = train(config)
    float_twin = float_path(tuned.tflite).read_bytes()
    before = tuned.tflite.read_bytes()

    def no_epoch(phase: str, *_: object) -> None:
        assert phase in ("convert", "evaluate")

    rounded = train(replace(config, quantization="ptq"), no_epoch)
    assert rounded.tflite.read_bytes() != before
    assert float_path(rounded.tflite).read_bytes() == float_twin
    assert {"float", "ptq", "int8"} < rounded.metrics["accuracy"].keys() and "qat" not in rounded.metrics["accuracy"]
    assert {epoch["phase"] for epoch in rounded.metrics["history"]} == {"float"}
    fresh = train(replace(config, quantization="ptq", output=config.output.parent / "fresh"))
    assert fresh.tflite.read_bytes() == rounded.tflite.read_bytes()
    assert train(config, no_epoch).tflite.read_bytes() == before


def _folder(config: TrainingConfig) -> Path:
    config.output.mkdir()
    return config.output


def _shifts(image: np.ndarray, limit: int) -> list[np.ndarray]:
    padded = np.pad(image, limit, mode="edge")
    height, width = image.shape
    shifted = [padded[y : y + height, x : x + width] for y in range(2 * limit + 1) for x in range(2 * limit + 1)]
    return shifted + [view[:, ::-1] for view in shifted]
