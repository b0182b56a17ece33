"""attendnets-cli: from a folder of images to a verified firmware image. Commands are thin; the work is done in two packages.

``attendnets_tf`` and ``export`` are imported inside the commands, so that ``--help`` is quick and ``build`` never loads TensorFlow.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from export.option_names import BENCHMARK_TASKS, FLASH_TOOLS, HARNESSES, LAYOUTS, PASS_NAMES

if TYPE_CHECKING:
    import numpy as np

    from export.build import Build
    from export.camera import Camera
    from export.mlperf_tiny import Benchmark
    from export.module import ModuleBuild
    from export.preprocessing import Preprocessing
    from export.project import Project
    from export.tflm import TflmBuild

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON on standard output, and nothing else."
)
on_option = click.option(
    "--on",
    metavar="PLACE",
    help="unicorn, qemu, renode or serial:PORT, such as serial:/dev/ttyACM0.  [default: unicorn, where it has the core]",
)


def board_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--target, --board, --board-file and --ram; the command gets them as ``where``, which export.boards.select_board takes."""

    @wraps(command)
    def wrapped(*, target: str | None, board: str | None, board_file: Path | None, ram: int | None, **rest: Any) -> Any:
        return command(where=Where(target, board, board_file, ram), **rest)

    for option in (
        click.option(
            "--ram",
            type=click.IntRange(min=1),
            metavar="BYTES",
            help="RAM that the firmware may use, all told.  [default: as little as it can]",
        ),
        click.option("--board-file", type=click.Path(path_type=Path), help="A board of your own, in YAML."),
        click.option("--board", help="What to compile for: a board; `attendnets-cli boards` lists them."),
        click.option("--target", help="Only the core, on an emulated board.  [default: cortex-m4]"),
    ):
        wrapped = option(wrapped)
    return wrapped


class Where(NamedTuple):
    """What a command's options say about the board."""

    target: str | None
    board: str | None
    board_file: Path | None
    ram: int | None

    def folder(self, model: Path) -> Path:
        """Where a build goes by default."""
        name = self.board_file.stem if self.board_file else self.board or self.target or "cortex-m4"
        return Path("build") / f"{model.stem}-{name}"


class Commands(click.Group):
    """A group whose commands end a user's mistake with one message, a hint and the documented exit code."""

    def invoke(self, context: click.Context) -> Any:
        from export.errors import AttendNetsError

        # Ends like Ctrl-C: what is half-written is cleaned up on the way out.
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        try:
            return super().invoke(context)
        except AttendNetsError as error:
            click.echo(f"Error: {error.message}", err=True)
            if error.hint:
                click.echo(f"Hint: {error.hint}", err=True)
            sys.exit(error.exit_code)
        except (OSError, MemoryError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            click.echo(f"Error: {error or 'not enough memory'}.", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="attendnets-tf")
def main() -> None:
    """Train, compile, verify and run tiny attention networks on Cortex-M.

    Exit codes: 0 done, 1 work failed (compiler, emulator, unequal bytes), 2 input rejected, 3 does not fit the board.
    """


@main.command()
@click.argument("data", required=False)
@click.option("--recipe", type=click.Path(path_type=Path), help="A TOML file of settings; options here come before it.")
@click.option("--specification", help="A shipped specification or a JSON file.  [default: attendnet_digits]")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the model; an interrupted run continues there."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), help="The same seed gives the same model on the same machine.  [default: 1]"
)
@click.option("--size", type=int, help="Height and width that images are brought to.  [default: the specification's]")
@click.option("--epochs", type=int, help="Epochs of float training.")
@click.option("--qat-epochs", type=int, help="Epochs of quantization-aware fine-tuning.")
@click.option("--batch-size", type=int, help="Images per step.")
@click.option(
    "--quantization",
    type=click.Choice(["qat", "ptq"]),
    help="Fine-tune with int8 rounding, or only measure ranges after training.  [default: qat]",
)
@click.option(
    "--distribution",
    type=click.Choice(["none", "gpus", "workers"]),
    help="Share every batch out to all GPUs of this machine, or to the workers in TF_CONFIG.  [default: none]",
)
@click.option(
    "--teacher", help="Folder of an earlier run of a larger network on the same images: its scores are learned as well."
)
@click.option(
    "--resize",
    type=click.Choice(["antialias", "area", "bilinear"]),
    help="How images come to the model's size; area and bilinear do exactly what build --camera does.  [default: antialias]",
)
@click.option("--flip/--no-flip", default=None, help="Mirror training images; right for photographs, wrong for digits.")
@click.option(
    "--skip-unreadable", is_flag=True, default=None, help="Leave out files that are no images, instead of refusing them."
)
@json_option
def train(data: str | None, recipe: Path | None, out: Path, flip: bool | None, as_json: bool, **options: Any) -> None:
    """Train a network on DATA and write an int8 .tflite.

    DATA is a folder with a folder per class, an .npz file, or a public data set: digits, cifar10, cifar10:FOLDER, clothing:FOLDER,
    imagenet50:FOLDER.
    """
    from attendnets_tf.recipe import load_recipe, make_config
    from export import terminal

    given = {name: value for name, value in options.items() if value is not None} | ({"data": data} if data else {})
    settings: dict[str, Any] = {"specification": "attendnet_digits"} | (load_recipe(recipe) if recipe else {}) | given
    if flip is not None:
        settings["augmentation"] = settings.get("augmentation", {}) | {"flip": flip}
    words = [data or "", f"--recipe {recipe}" if recipe else ""]
    words += [
        f"--{name.replace('_', '-')}{'' if value is True else f' {value}'}" for name, value in given.items() if name != "data"
    ]
    words += ["" if flip is None else "--flip" if flip else "--no-flip", f"--out {out}"]
    config = make_config(settings, out, " ".join(["attendnets-cli train", *filter(None, words)]))
    with terminal.training_progress() as report:
        from attendnets_tf.training import train as train_model

        try:
            result = train_model(config, report, lambda note: click.echo(f"Note: {note}", err=True))
        except KeyboardInterrupt:
            from export.errors import AttendNetsError

            raise AttendNetsError("Interrupted.", "The same command goes on after the last full epoch.") from None
    accuracies = result.card.metrics
    if as_json:
        _print_json({"tflite": str(result.tflite), "metrics": accuracies, "sha256": result.card.sha256})
        return
    for name, value in accuracies.items():
        click.echo(f"{name:20} {value:.4f}")
    click.echo(f"model                {result.tflite}")


@main.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@board_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the firmware project.  [default: build/MODEL-TARGET or build/MODEL-BOARD, for tflm -tflm at its end; build/MODEL-LAYOUT]",
)
@click.option(
    "--runtime",
    type=click.Choice(["aot", "tflm"]),
    default="aot",
    show_default=True,
    help="aot: generated C. tflm: TensorFlow Lite Micro's interpreter in a C++ harness, linked with the library in TFLM_DIR.",
)
@click.option(
    "--without", multiple=True, type=click.Choice(PASS_NAMES), help="An optimization to leave out, for comparing; repeatable."
)
@click.option(
    "--camera", metavar="FORMAT:WxH", help="Render C from frames to the model's input as well; such as rgb565:320x240."
)
@click.option("--crop", metavar="WxH+X+Y", help="The part of the frame that the model sees.  [default: all of it]")
@click.option(
    "--resize",
    type=click.Choice(["area", "bilinear"]),
    help="How the camera's pixels come to the model's size.  [default: as the model was trained, else area]",
)
@click.option(
    "--harness",
    type=click.Choice(HARNESSES),
    default=HARNESSES[0],
    show_default=True,
    help="Whom the firmware serves: this program, or MLPerf Tiny's runner.",
)
@click.option("--task", type=click.Choice(BENCHMARK_TASKS), help="MLPerf Tiny's task.  [default: by the model's input]")
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    help="Only the model and its kernels, as a module for this build system; no firmware.",
)
@json_option
def build(
    model: Path | None,
    where: Where,
    out: Path | None,
    runtime: str,
    without: tuple[str, ...],
    camera: str | None,
    crop: str | None,
    resize: str | None,
    harness: str,
    task: str | None,
    layout: str | None,
    as_json: bool,
) -> None:
    """Compile MODEL (an int8 .tflite; by default the bundled one) to firmware.

    The folder holds readable C, a linker script, a Makefile that needs no Python, plan.json, and the ELF, .bin and .hex files.
    """
    from export import terminal
    from export.errors import InputError
    from export.mlperf_tiny import Benchmark

    if not camera and (crop or resize):
        raise InputError("--crop and --resize are for a camera, and there is none.", "Add --camera FORMAT:WIDTHxHEIGHT.")
    serial = harness == HARNESSES[0]
    if task and serial:
        raise InputError("--task is for MLPerf Tiny's runner, which the firmware does not serve.", "Add --harness mlperf-tiny.")
    if layout and not serial:
        raise InputError("--harness is for firmware, and --layout makes none.", "Leave out one of them.")
    if runtime == "tflm":
        for option, given in (("--camera", camera), ("--without", without), ("--harness", not serial), ("--layout", layout)):
            if given:
                raise InputError(f"{option} is for generated C, not for --runtime tflm.", "Leave out one of them.")
    wanted = (camera, crop, resize) if camera else None
    result: Build | ModuleBuild | TflmBuild
    if runtime == "tflm":
        result = _build_tflm(model, where, out)
    elif layout:
        result = _build_module(model, where, out, layout, without, wanted)
    else:
        result = _build(model, where, out, without, wanted, None if serial else Benchmark(task))
    if as_json:
        _print_json(result.report())
    else:
        terminal.print_build(result.report())


@main.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@board_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where the pictures go, without .png and .svg.  [default: build/MODEL-TARGET-plan]",
)
@json_option
def plan(model: Path | None, where: Where, out: Path | None, as_json: bool) -> None:
    """Draw the memory map of MODEL (by default the bundled one): buffers over time, what sets the peak, and what else there is to choose.

    Nothing is compiled. With --ram: the fastest schedule that needs no more; without, that with the least RAM of those at most a twentieth
    slower than every layer whole.
    """
    from export import terminal
    from export.boards import select_board
    from export.memory_map import map_memory

    model, labels = _model_and_labels(model)
    with terminal.status() as progress:
        pictures = out or where.folder(model).with_name(f"{where.folder(model).name}-plan")
        result = map_memory(model, select_board(*where), labels, pictures, progress).to_json()
    if as_json:
        _print_json(result)
    else:
        terminal.print_plan(result)


@main.command()
@click.option("--data", required=True, help="Labelled images: a folder, an .npz file or a built-in name, as for train.")
@board_options
@click.option("--latency-ms", type=click.FloatRange(min=0, min_open=True), help="Estimated time of an inference, at most.")
@click.option("--max-macs", type=click.IntRange(min=1), help="Multiply-accumulates of an inference, at most.")
@click.option("--min-accuracy", type=float, default=0.0, show_default=True, help="Share of the validation images, at least.")
@click.option(
    "--objective",
    default="netscore",
    show_default=True,
    help="netscore, accuracy, latency or energy; several with commas between them: a Pareto front.",
)
@click.option(
    "--trials",
    default=100,
    show_default=True,
    type=click.IntRange(min=1),
    help="Candidates to train; rejected ones do not count.",
)
@click.option("--prototype", default="attendnet_nano", show_default=True, help="The specification that the search begins from.")
@click.option("--multiple", type=click.Choice(["4", "8"]), default="4", show_default=True, help="Widths are multiples of it.")
@click.option("--size", type=int, help="Height and width of the largest images.  [default: the prototype's]")
@click.option("--recipe", type=click.Path(path_type=Path), help="A TOML file with the training's settings.")
@click.option(
    "--epochs", default=18, show_default=True, type=click.IntRange(min=1), help="Of a candidate that is not stopped before."
)
@click.option(
    "--finalists", default=3, show_default=True, type=click.IntRange(min=0), help="The best, trained fully and compiled."
)
@click.option("--final-epochs", default=60, show_default=True, type=click.IntRange(min=1), help="Epochs of a finalist.")
@click.option("--qat-epochs", type=click.IntRange(min=1), help="Epochs of a finalist with int8 rounding.  [default: 15]")
@click.option(
    "--sampler", type=click.Choice(["tpe", "random", "nsga2"]), default="tpe", show_default=True, help="Who proposes."
)
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0, 2**32 - 1),
    help="With one worker, the same seed gives the same trials.",
)
@click.option(
    "--storage",
    default="",
    help="Where workers meet: a database's URL for Optuna, or grpc://HOST:PORT.  [default: a file in --out]",
)
@click.option("--worker", is_flag=True, help="Only train candidates, beside another process that ends the search.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the search, which goes on there.")
@json_option
def explore(
    where: Where,
    latency_ms: float | None,
    max_macs: int | None,
    min_accuracy: float,
    objective: str,
    trials: int,
    prototype: str,
    multiple: str,
    recipe: Path | None,
    finalists: int,
    final_epochs: int,
    sampler: str,
    storage: str,
    worker: bool,
    out: Path,
    as_json: bool,
    **training: Any,
) -> None:
    """Search for a network that suits the DATA and the board.

    Candidates that the board cannot run are rejected by compiling their untrained graphs. The others are trained, longer the more they
    promise; the best are trained fully, compiled, verified, and compared with known networks. Writes report.html. The same command goes on
    with a search that was stopped.
    """
    import secrets

    from attendnets_tf.explore.objectives import parse_objectives
    from attendnets_tf.explore.oracle import Requirements
    from attendnets_tf.explore.settings import Search
    from attendnets_tf.explore.space import Space
    from attendnets_tf.recipe import load_recipe, make_config
    from attendnets_tf.specification import Specification
    from export.boards import select_board
    from export.errors import AttendNetsError, InputError

    given = {name: value for name, value in training.items() if value is not None}
    settings = (load_recipe(recipe) if recipe else {}) | given | {"specification": prototype}
    config = make_config(settings, out, _command_line())
    if not isinstance(config.specification, Specification):
        raise InputError(f"{prototype} is no AttendNet.", "Begin with one: its stem, stages and blocks are what is searched.")
    search = Search(
        Space(config.specification, int(multiple)),
        Requirements(select_board(*where), latency_ms, max_macs),
        config,
        parse_objectives(objective),
        min_accuracy,
        trials,
        finalists,
        final_epochs,
        sampler,
        storage,
        str(recipe or ""),
    )
    from attendnets_tf.explore import exploration
    from attendnets_tf.explore.search import work

    def note(text: str) -> None:
        click.echo(text, err=True)

    try:
        if worker:
            work(search, note, entropy=1 + secrets.randbelow(2**30))
            return
        result = exploration.explore(search, note)
    except KeyboardInterrupt:
        raise AttendNetsError("Interrupted.", "The same command goes on; nothing that is finished is lost.") from None
    if as_json:
        _print_json(result)
        return
    from export import terminal

    terminal.print_exploration(result)
    click.echo(f"report    {out / exploration.REPORT_FILE}")


@main.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@board_options
@json_option
def compare(model: Path | None, where: Where, as_json: bool) -> None:
    """Show MODEL (by default the bundled one) side by side: compiled ahead of time, and with TensorFlow Lite Micro's interpreter.

    What only a linked program can tell needs TFLM_DIR, and is left open without it.
    """
    from attendnets_tf.pretrained import bundled_model
    from export import terminal
    from export.boards import select_board
    from export.compare import compare as compare_runtimes

    with terminal.status() as progress:
        result = compare_runtimes(model or bundled_model(), select_board(*where), progress).to_json()
    if as_json:
        _print_json(result)
    else:
        terminal.print_comparison(result)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--image", "images", type=click.Path(path_type=Path), multiple=True, required=True, help="An image file; repeatable."
)
@on_option
@json_option
def run(directory: Path, images: tuple[Path, ...], on: str | None, as_json: bool) -> None:
    """Classify images with the firmware in DIRECTORY on an emulated core, and print the five best classes of each."""
    from export import terminal
    from export.classify import classify
    from export.project import load_project

    project = load_project(directory)
    samples = [_sample(project, path) for path in images]
    with terminal.progress("running", len(images)) as advance:
        answers = classify(project, samples, on, advance)
    results = [{"image": str(path), **answer} for path, answer in zip(images, answers, strict=True)]
    if as_json:
        _print_json({**results[0], "images": results})
    else:
        terminal.print_classification(results)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--samples", default=8, show_default=True, type=click.IntRange(min=1), help="Random inputs, beside the images.")
@click.option(
    "--image",
    "images",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A real input; repeatable.  [default: bundled ones]",
)
@on_option
@json_option
def verify(directory: Path, samples: int, images: tuple[Path, ...], on: str | None, as_json: bool) -> None:
    """Prove that the firmware in DIRECTORY computes the reference's bytes.

    Random and real inputs go through the NumPy reference executor, the generated C compiled for this machine, the firmware on the
    emulated core and, where installed, tflite-micro and TensorFlow Lite's reference kernels. All must be equal byte for byte.
    """
    from export import terminal
    from export.project import load_project

    project = load_project(directory)
    result = _verify(project, images or _bundled_images(project), samples, on)
    if as_json:
        _print_json(result.to_json())
    else:
        terminal.print_verification(result)
    sys.exit(0 if result.equal else 1)


@main.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="Labelled images: a folder, an .npz file or a built-in name, as for train.")
@click.option(
    "--float",
    "float_model",
    type=click.Path(path_type=Path),
    help="The float .tflite to compare with.  [default: MODEL_float.tflite beside MODEL]",
)
@click.option(
    "--split",
    type=click.Choice(["test", "validation", "train", "all"]),
    help="Which images.  [default: test; all for a model without a card]",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="What splits the data.  [default: the model card's, else 1]")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for report and picture.  [default: build/evaluate-MODEL]")
@json_option
def evaluate(
    model: Path, data: str, float_model: Path | None, split: str | None, seed: int | None, out: Path | None, as_json: bool
) -> None:
    """Measure the accuracy of MODEL, an int8 .tflite: float, int8 and compiled, on labelled images.

    Writes evaluation.json and the confusion matrix as confusion.png. The compiled model must give the int8 model's bytes for every
    image; else the exit code is 1.
    """
    from attendnets_tf.card import float_path, load_card
    from attendnets_tf.evaluation import FILES, load_samples, measure, write_report
    from attendnets_tf.files import output_folder
    from export import terminal
    from export.evaluate import Classifier, find_float_model

    card, preprocessing = load_card(model), _preprocessing(model)
    float_model, why_not = find_float_model(float_model, float_path(model))
    out = out or Path("build") / f"evaluate-{model.stem}"
    with output_folder(out, FILES):
        with terminal.status() as progress:
            progress("compiling the model")
            classifier = Classifier(model, float_model)
            progress("loading the images")
            values, method = preprocessing.values(classifier.source), preprocessing.resize
            samples = load_samples(data, classifier.size, classifier.classes, card, split, seed, values, method)
        if classifier.warning:
            click.echo(classifier.warning, err=True)
        with terminal.progress("evaluating", len(samples)) as advance:
            answers = classifier.classify(samples.batches(), advance)
        report = {
            **classifier.identity(),
            "float_missing": why_not,
            "data": data,
            "split": samples.split,
            "seed": samples.seed,
            **answers.to_json(),
            **measure(samples, answers.predicted),
        }
        report = write_report(out, report, samples)
    if as_json:
        _print_json(report)
    else:
        terminal.print_evaluation(report)
    sys.exit(0 if report["equal"] else 1)


@main.command()
@board_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the firmware project.  [default: build/MODEL-TARGET or build/MODEL-BOARD]",
)
@json_option
def demo(where: Where, out: Path | None, as_json: bool) -> None:
    """Compile the bundled model, run it on ten real test images, and prove its bytes."""
    from attendnets_tf.pretrained import bundled_images
    from export import terminal
    from export.project import load_project

    built = _build(None, where, out)
    project = load_project(built.out)
    images = bundled_images()
    result = _verify(project, tuple(path for path, _ in images), 0)
    rows = []
    for (path, label), output in zip(images, result.outputs, strict=False):
        best = project.predictions(output)[0]
        rows.append((path.name, label, best["label"], best["score"]))
    if as_json:
        images_json = [dict(zip(("image", "label", "predicted", "score"), row, strict=True)) for row in rows]
        _print_json({"images": images_json, "build": built.report(), "verify": result.to_json()})
    else:
        terminal.print_demo(built, result, rows)
    sys.exit(0 if result.equal else 1)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--probe", type=click.Choice(FLASH_TOOLS), default="auto", show_default=True, help="What writes the flash.")
@click.option("--port", help="The board's serial port: then it tests itself; such as /dev/ttyACM0.")
@json_option
def flash(directory: Path, probe: str, port: str | None, as_json: bool) -> None:
    """Write the firmware in DIRECTORY to its board, and have the board prove its bytes."""
    from export import terminal
    from export.flash import flash as flash_project
    from export.project import load_project

    with terminal.status() as progress:
        progress("flashing")
        result = flash_project(load_project(directory), probe, port)
    if as_json:
        _print_json(result)
    else:
        terminal.print_flash(result)


@main.command()
@click.option("--model", type=click.Path(path_type=Path), help="An int8 .tflite: show which boards it fits.")
@json_option
def boards(model: Path | None, as_json: bool) -> None:
    """List the boards that firmware can be built for: memories, and where firmware for them has run."""
    from export import terminal
    from export.catalogue import catalogue

    entries = catalogue(model)
    if as_json:
        _print_json({"boards": entries})
    else:
        terminal.print_boards(entries)


@main.command()
@json_option
def doctor(as_json: bool) -> None:
    """Show what is installed, what is missing, what that would enable, and the command that installs it."""
    from dataclasses import asdict

    from export import terminal
    from export.doctor import diagnose

    tools = diagnose()
    if as_json:
        _print_json({"tools": [asdict(tool) for tool in tools]})
        return
    terminal.print_tools(tools)


def _build(
    model: Path | None,
    where: Where,
    out: Path | None,
    without: tuple[str, ...] = (),
    camera: tuple[str, str | None, str | None] | None = None,
    benchmark: Benchmark | None = None,
) -> Build:
    """``camera`` is the frames, the crop and the resize as on the command line."""
    from export import terminal
    from export.boards import select_board
    from export.build import build as build_model

    model, labels = _model_and_labels(model)
    preprocessing = _preprocessing(model)
    parsed = _camera(camera, preprocessing)
    with terminal.status() as progress:
        folder = out or where.folder(model)
        board = select_board(*where)
        return build_model(model, board, folder, labels, None, progress, without, preprocessing, parsed, benchmark)


def _build_module(
    model: Path | None,
    where: Where,
    out: Path | None,
    layout: str,
    without: tuple[str, ...],
    camera: tuple[str, str | None, str | None] | None,
) -> ModuleBuild:
    from export import terminal
    from export.boards import select_board
    from export.module import build_module

    model, labels = _model_and_labels(model)
    preprocessing = _preprocessing(model)
    parsed = _camera(camera, preprocessing)
    with terminal.status() as progress:
        folder = out or Path("build") / f"{model.stem}-{layout}"
        return build_module(model, select_board(*where), folder, layout, labels, progress, without, preprocessing, parsed)


def _camera(camera: tuple[str, str | None, str | None] | None, preprocessing: Preprocessing) -> Camera | None:
    """The camera of a command line; it resizes as the model was trained, where it can and nothing else was said."""
    from export.camera import CAMERA_RESIZES, parse_camera

    trained = preprocessing.resize if preprocessing.resize in CAMERA_RESIZES else CAMERA_RESIZES[0]
    return parse_camera(camera[0], camera[1], camera[2] or trained) if camera else None


def _build_tflm(model: Path | None, where: Where, out: Path | None) -> TflmBuild:
    from export import terminal
    from export.boards import select_board
    from export.tflm import build_tflm

    model, labels = _model_and_labels(model)
    with terminal.status() as progress:
        folder = where.folder(model)
        out = out or folder.with_name(f"{folder.name}-tflm")
        return build_tflm(model, select_board(*where), out, labels, progress, _preprocessing(model))


def _model_and_labels(model: Path | None) -> tuple[Path, tuple[str, ...]]:
    """The model, by default the bundled one, and the labels on the card beside it."""
    from attendnets_tf.card import load_card
    from attendnets_tf.pretrained import bundled_model

    model = model or bundled_model()
    card = load_card(model)
    return model, card.labels if card else ()


def _preprocessing(model: Path) -> Preprocessing:
    """What the model was trained with, by the card beside it."""
    from attendnets_tf.card import load_card
    from export.preprocessing import PLAIN_PIXELS, Preprocessing

    card = load_card(model)
    return Preprocessing.of_card(card.preprocessing) if card else PLAIN_PIXELS


def _verify(project: Project, images: tuple[Path, ...], count: int, on: str | None = None) -> Any:
    from itertools import chain

    from export import terminal
    from export.verify import random_samples
    from export.verify import verify as verify_project

    samples = chain([_sample(project, path) for path in images], random_samples(count, project.inputs))
    with terminal.progress("verifying", len(images) + count) as advance:
        return verify_project(project, samples, on, lambda done: advance())


def _sample(project: Project, path: Path) -> np.ndarray:
    """An image file as the model's input: int8 or uint8 [bytes], by the code that training uses."""
    from attendnets_tf.images import load_image
    from export.preprocessing import image_size

    image = load_image(path, *image_size(project.inputs, project.name), project.preprocessing.resize)
    return project.preprocessing.values(project.inputs[0])[image].reshape(-1)


def _bundled_images(project: Project) -> tuple[Path, ...]:
    """The images that come with the bundled model, if that is what was built."""
    from attendnets_tf.pretrained import bundled_images, bundled_model

    return tuple(path for path, _ in bundled_images()) if project.model == bundled_model().read_bytes() else ()


def _command_line() -> str:
    """What was typed, without the folders in which programs lie."""
    import shlex

    return shlex.join(["attendnets-cli", *sys.argv[1:]])


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=1))


if __name__ == "__main__":
    main()
