"""From a data set to a trained int8 ``.tflite``: float training, quantization with or without fine-tuning, conversion, measurement.

The same configuration gives the same bytes on the same machine, also when a run was interrupted and continued.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from attendnets_tf.card import Card, card_path, float_path, sha256
from attendnets_tf.configuration import Augmentation, TrainingConfig
from attendnets_tf.conversion import Int8Model, convert, convert_float
from attendnets_tf.curves import plot_curves
from attendnets_tf.data import Dataset, load_dataset
from attendnets_tf.distillation import SPECIFICATION_FILE, training_loss, weights_of
from attendnets_tf.distribution import building, strategy_for, writes_files
from attendnets_tf.files import make_folder, write_atomically
from attendnets_tf.fitting import Fitter, Progress, evaluation
from attendnets_tf.images import PREPROCESSING, to_int8
from attendnets_tf.model import build_model, count_macs, count_parameters
from attendnets_tf.quantization import quantization_aware
from attendnets_tf.runtime import prepare, seed_everything, settings
from attendnets_tf.specification import Baseline, Specification, load_specification


@dataclass(frozen=True)
class TrainingResult:
    """The model, which one of the workers has written, its card, and the metrics as in ``metrics.json``."""

    tflite: Path
    card: Card
    metrics: dict[str, Any]


def train(
    config: TrainingConfig, on_progress: Progress | None = None, on_note: Callable[[str], None] | None = None
) -> TrainingResult:
    """Train, quantize, convert and measure; an interrupted run in ``config.output`` continues after its last full epoch.

    ``on_note`` is told what is odd about the data.

    Writes into ``config.output``: ``<name>.tflite``, its card ``<name>.json``, its float twin ``<name>_float.tflite``,
    ``metrics.json``, ``curves.png``, ``specification.json``, ``<name>.weights.h5`` (float weights) and ``checkpoint.npz``; ``<name>``
    is the specification's. Raises
    :class:`export.errors.InputError` for data that cannot be trained on and for a folder with another configuration's run.
    """
    prepare(config.intra_op_threads, gpus=config.distribution != "none")
    strategy = strategy_for(config.distribution)
    report = on_progress or _silent
    size = config.specification.input
    dataset = load_dataset(
        config.data, size.height, size.width, size.channels, config.seed, config.resize, config.skip_unreadable
    )
    for note in dataset.notes:
        (on_note or _silent)(note)
    make_folder(config.output)
    specification = config.specification.adapted(classes=len(dataset.classes))
    with building(strategy):
        loss = training_loss(config, specification)
    fitter = Fitter(config, dataset, report, _fingerprint(config, specification, dataset), loss, strategy)

    seed_everything(config.seed)
    with building(strategy):
        model = build_model(specification)
    fitter.fit(model, "float")
    with building(strategy):
        quantized = quantization_aware(model)
    if config.quantization == "qat":
        fitter.fit(quantized, "qat")
    else:
        fitter.calibrate(quantized)

    model, quantized = _copies(specification, model, quantized)

    report("convert", 1, 1, 1, 1, {})
    flatbuffer = convert(quantized)
    float_flatbuffer = convert_float(model)
    metrics = _measure({"float": model, config.quantization: quantized}, flatbuffer, dataset, report)
    metrics["history"] = [epoch for epoch in fitter.history if epoch["phase"] in ("float", config.quantization)]
    card = _card(config, specification, dataset, metrics, flatbuffer)
    result = TrainingResult(config.output / f"{card.name}.tflite", card, metrics)
    if writes_files(strategy):
        _write(result, specification, model, flatbuffer, float_flatbuffer)
    return result


def _copies(specification: Specification | Baseline, model: Any, quantized: Any) -> tuple[Any, Any]:
    """The same networks outside of any strategy's scope: the converter cannot read variables that are distributed."""
    copy = build_model(specification)
    quantized_copy = quantization_aware(copy)
    for to, trained in ((copy, model), (quantized_copy, quantized)):
        to.set_weights(trained.get_weights())
    return copy, quantized_copy


def _measure(models: dict[str, Any], flatbuffer: bytes, dataset: Dataset, report: Progress) -> dict[str, Any]:
    """``models`` are the float and the quantization-aware network by their names."""
    accuracy: dict[str, float] = {}
    for name, network in models.items():
        evaluate = evaluation(network)
        accuracy |= {name: evaluate(dataset.test)[0], f"validation_{name}": evaluate(dataset.validation)[0]}
    int8_model = Int8Model(flatbuffer)
    confusion = np.zeros((len(dataset.classes), len(dataset.classes)), int)
    for step, (image, label) in enumerate(zip(to_int8(dataset.test.images), dataset.test.labels, strict=True), start=1):
        confusion[label, int8_model(image[None]).argmax()] += 1
        report("evaluate", 1, 1, step, len(dataset.test), {})
    accuracy["int8"] = float(np.trace(confusion) / len(dataset.test))
    return {
        "parameters": count_parameters(models["float"]),
        "macs": count_macs(models["float"]),
        "accuracy": accuracy,
        "confusion": confusion.tolist(),  # rows: true class, columns: predicted by the int8 model, on the test split
    }


def _card(
    config: TrainingConfig,
    specification: Specification | Baseline,
    dataset: Dataset,
    metrics: dict[str, Any],
    flatbuffer: bytes,
) -> Card:
    splits = {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}
    return Card(
        name=specification.name,
        labels=dataset.classes,
        input=asdict(specification.input),
        preprocessing=PREPROCESSING | {"resize": config.resize},
        parameters=metrics["parameters"],
        macs=metrics["macs"],
        metrics=metrics["accuracy"],
        dataset={
            "name": dataset.name,
            "description": dataset.description,
            "images": {name: len(split) for name, split in splits.items()},
            "notes": list(dataset.notes),
        },
        command=config.command,
        seed=config.seed,
        versions=settings(),
        sha256=sha256(flatbuffer),
        intended_use=f"Classifying images like those of the data set {dataset.name} into its {len(dataset.classes)} classes.",
        limits="Every image gets one of the classes, even one that shows none. Scores are not calibrated probabilities.",
    )


def _write(
    result: TrainingResult, specification: Specification | Baseline, model: Any, flatbuffer: bytes, float_flatbuffer: bytes
) -> None:
    tflite, output = result.tflite, result.tflite.parent
    weights = weights_of(output, specification)
    temporary = output / f".{weights.name}"
    model.save_weights(temporary)
    temporary.replace(weights)
    write_atomically(output / SPECIFICATION_FILE, specification.to_json())
    write_atomically(tflite, flatbuffer)
    write_atomically(float_path(tflite), float_flatbuffer)
    write_atomically(card_path(tflite), result.card.to_json())
    write_atomically(output / "metrics.json", json.dumps(result.metrics, indent=2) + "\n")
    write_atomically(output / "curves.png", plot_curves(result.metrics["history"]))


def _fingerprint(config: TrainingConfig, specification: Specification | Baseline, dataset: Dataset) -> dict[str, Any]:
    """Everything that decides the trained bytes, as plain JSON. Settings at their defaults are left out: a later release may have more."""
    # What is quantized is trained alike either way.
    elsewhere = ("data", "specification", "output", "command", "teacher", "quantization")
    defaults = {field.name: field.default for field in fields(config)}
    values = {name: getattr(config, name) for name in defaults if name not in elsewhere}
    values = {name: value for name, value in values.items() if value != defaults[name]}
    augmentation = {
        name: value for name, value in asdict(config.augmentation).items() if value != getattr(Augmentation(), name)
    }
    if config.teacher:
        teacher = Path(config.teacher)
        values["teacher"] = sha256(weights_of(teacher, load_specification(teacher / SPECIFICATION_FILE)).read_bytes())
    return (
        values
        | {"augmentation": augmentation}
        | settings()
        | {"specification": json.loads(specification.to_json()), "data": dataset.sha256()}
    )


def _silent(*_: object) -> None:
    pass
