"""attendnets-cli: from a folder of images to a verified firmware image. Commands are thin; the work is done in two packages.

``attendnets_tf`` and ``export`` are imported inside the commands, so that ``--help`` is quick and ``build`` never loads TensorFlow.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from export.build import Build
    from export.project import Project

TOP = 5

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as JSON on standard output, and nothing else."
)
target_option = click.option("--target", default="cortex-m4", show_default=True, help="What to compile for.")


class Commands(click.Group):
    """A group whose commands end a user's mistake with one message, a hint and the documented exit code."""

    def invoke(self, context: click.Context) -> Any:
        from export.errors import AttendNetsError

        try:
            return super().invoke(context)
        except AttendNetsError as error:
            click.echo(f"Error: {error.message}", err=True)
            if error.hint:
                click.echo(f"Hint: {error.hint}", err=True)
            sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="attendnets-tf")
def main() -> None:
    """Train, compile, verify and run tiny attention networks on Cortex-M.

    Exit codes: 0 done, 1 work failed (compiler, emulator, unequal bytes), 2 input rejected, 3 does not fit the target.
    """


@main.command()
@click.argument("data")
@click.option("--specification", default="attendnet_digits", show_default=True, help="A shipped specification or a JSON file.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the model; an interrupted run continues there."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same model on the same machine.")
@click.option("--epochs", type=int, help="Epochs of float training.")
@click.option("--qat-epochs", type=int, help="Epochs of quantization-aware fine-tuning.")
@click.option("--batch-size", type=int, help="Images per step.")
@click.option(
    "--flip/--no-flip",
    default=False,
    show_default=True,
    help="Mirror training images; right for photographs, wrong for digits.",
)
@json_option
def train(data: str, specification: str, out: Path, seed: int, flip: bool, as_json: bool, **counts: int | None) -> None:
    """Train an AttendNet on DATA and write an int8 .tflite.

    DATA is a folder with a folder per class, an .npz file, or the name of a built-in data set (digits).
    """
    from attendnets_tf.configuration import Augmentation, TrainingConfig
    from attendnets_tf.specification import load_specification

    chosen = {name: value for name, value in counts.items() if value is not None}
    options = "".join(f" --{name.replace('_', '-')} {value}" for name, value in chosen.items()) + (" --flip" if flip else "")
    config = TrainingConfig(
        data=data,
        specification=load_specification(specification),
        output=out,
        seed=seed,
        augmentation=Augmentation(flip=flip),
        command=f"attendnets-cli train {data} --specification {specification} --seed {seed}{options} --out {out}",
        **chosen,
    )
    with _training_progress() as report:
        from attendnets_tf.training import train as train_model

        try:
            result = train_model(config, report)
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
@target_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the firmware project.  [default: build/MODEL-TARGET]")
@json_option
def build(model: Path | None, target: str, out: Path | None, as_json: bool) -> None:
    """Compile MODEL (an int8 .tflite; by default the bundled one) to firmware.

    The folder holds readable C, a linker script, a Makefile that needs no Python, plan.json, and the ELF, .bin and .hex files.
    """
    result = _build(model, target, out)
    if as_json:
        _print_json(result.report())
    else:
        _print_build(result)


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--image", "images", type=click.Path(path_type=Path), multiple=True, required=True, help="An image file; repeatable."
)
@click.option("--on", type=click.Choice(["unicorn", "qemu"]), default="unicorn", show_default=True, help="The emulator.")
@json_option
def run(directory: Path, images: tuple[Path, ...], on: str, as_json: bool) -> None:
    """Classify images with the firmware in DIRECTORY on an emulated core, and print the five best classes of each."""
    from export.project import load_project
    from export.run import DeviceName, open_device

    project = load_project(directory)
    samples = [_sample(project, path) for path in images]
    results = []
    device_name: DeviceName = "qemu" if on == "qemu" else "unicorn"
    with open_device(device_name, project.elf, project.target) as device, _progress("running", len(images)) as advance:
        for path, sample in zip(images, samples, strict=True):
            reply = device.infer(sample.tobytes())
            prediction = _prediction(project, reply.output)
            figures = {"instructions": reply.instructions, "layers": reply.layers, "stack": reply.stack}
            results.append({"image": str(path), **prediction, **figures})
            advance()
    if as_json:
        _print_json({**results[0], "images": results})
        return
    _print_layers(results[0]["layers"])
    for result in results:
        _print_prediction(result)


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
@json_option
def verify(directory: Path, samples: int, images: tuple[Path, ...], as_json: bool) -> None:
    """Prove that the firmware in DIRECTORY computes the reference's bytes.

    Random and real inputs go through the NumPy reference executor, the generated C compiled for this machine, the firmware on the
    emulated core and, where installed, tflite-micro and TensorFlow Lite's reference kernels. All must be equal byte for byte.
    """
    from export.project import load_project

    project = load_project(directory)
    result = _verify(project, images or _bundled_images(project), samples)
    if as_json:
        _print_json(result.to_json())
    else:
        _print_verification(result)
    sys.exit(0 if result.equal else 1)


@main.command()
@target_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the firmware project.  [default: build/MODEL-TARGET]")
def demo(target: str, out: Path | None) -> None:
    """Compile the bundled model, run it on ten real test images, and prove its bytes."""
    from attendnets_tf.pretrained import bundled_images
    from export.project import load_project

    built = _build(None, target, out)
    project = load_project(built.out)
    images = bundled_images()
    result = _verify(project, tuple(path for path, _ in images), 0)
    table = _table("image", "true label", "predicted", "score")
    for (path, label), output in zip(images, result.outputs, strict=False):
        best = _prediction(project, output)["predictions"][0]
        table.add_row(path.name, label, best["label"], f"{best['score']:.3f}")
    console = _console()
    console.print(table)
    report = built.report()
    equal = "yes" if result.equal else f"no: {result.first_difference}"
    console.print(f"bytes equal to the reference  {equal}  ({', '.join(result.checked[1:])}; {result.samples} inputs)")
    console.print(f"instructions per inference    {result.instructions:,}, for {report['macs']:,} multiply-accumulates")
    console.print(
        f"flash                         {report['flash']['total']:,} bytes ({report['flash']['constants']:,} of them constants)"
    )
    console.print(f"RAM                           {report['ram']['total']:,} bytes ({report['ram']['arena']:,} of them arena)")
    console.print(f"stack                         {report['ram']['stack']:,} bytes, worst case, included in RAM")
    console.print(f"target, compiler              {target}, {report['compiler']}")
    console.print(f"project                       {built.out}")
    sys.exit(0 if result.equal else 1)


@main.command()
@json_option
def doctor(as_json: bool) -> None:
    """Show what is installed, what is missing, what that would enable, and the command that installs it."""
    from dataclasses import asdict

    from export.doctor import diagnose

    tools = diagnose()
    if as_json:
        _print_json({"tools": [asdict(tool) for tool in tools]})
        return
    table = _table("tool", "version", "enables", "install with")
    for tool in tools:
        version = tool.version or "found" if tool.found else "[red]missing[/red]"
        table.add_row(tool.name, version, tool.enables, "" if tool.found else tool.install)
    _console().print(table)


def _build(model: Path | None, target: str, out: Path | None) -> Build:
    from attendnets_tf.card import load_card
    from attendnets_tf.pretrained import bundled_model
    from export.build import build as build_model

    model = model or bundled_model()
    card = load_card(model)
    labels = card.labels if card else ()
    with _status() as progress:
        return build_model(model, target, out or Path("build") / f"{model.stem}-{target}", labels, progress=progress)


def _verify(project: Project, images: tuple[Path, ...], count: int) -> Any:
    import numpy as np

    from export.verify import random_samples
    from export.verify import verify as verify_project

    size = sum(value.bytes for value in project.inputs)
    samples = np.concatenate([*(_sample(project, path)[None] for path in images), random_samples(count, size)])
    with _progress("verifying", len(samples)) as advance:
        return verify_project(project, samples, lambda done: advance())


def _sample(project: Project, path: Path) -> np.ndarray:
    """An image file as the model's input: int8 [bytes], by the code that training uses."""
    from attendnets_tf.images import load_image, to_int8
    from export.errors import InputError

    shape = project.inputs[0].shape
    if len(project.inputs) != 1 or len(shape) != 4 or shape[0] != 1 or shape[3] not in (1, 3):
        shapes = ", ".join(str(list(value.shape)) for value in project.inputs)
        raise InputError(
            f"{project.name} does not take one image: its inputs are {shapes}.", "Use verify, which needs no image."
        )
    return to_int8(load_image(path, *shape[1:])).reshape(-1)


def _bundled_images(project: Project) -> tuple[Path, ...]:
    """The images that come with the bundled model, if that is what was built."""
    from attendnets_tf.pretrained import bundled_images, bundled_model

    return tuple(path for path, _ in bundled_images()) if project.model == bundled_model().read_bytes() else ()


def _prediction(project: Project, output: bytes) -> dict[str, Any]:
    """The best classes by the first output, with real-valued scores."""
    import numpy as np

    first = project.outputs[0]
    values = np.frombuffer(output, np.int8)
    scores = first.scale * (values[: first.bytes].astype(np.float64) - first.zero_point)
    order = np.argsort(-scores, kind="stable")[:TOP]
    labels = project.labels if len(project.labels) == first.bytes else tuple(map(str, range(first.bytes)))
    predictions = [{"label": labels[i], "index": int(i), "score": float(scores[i])} for i in order]
    return {"predictions": predictions, "output": values.tolist()}


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=1))


def _print_build(result: Build) -> None:
    report, console = result.report(), _console()
    table = _table("layer", "operator and shapes", "MACs", "constants")
    for layer in report["layers"]:
        table.add_row(layer["name"], layer["shapes"], f"{layer['macs']:,}", f"{layer['constants']:,}")
    console.print(table)
    flash, ram = report["flash"], report["ram"]
    console.print(f"flash  {flash['total']:>9,} bytes: code {flash['code']:,}, constants {flash['constants']:,}")
    console.print(
        f"RAM    {ram['total']:>9,} bytes: arena {ram['arena']:,} (scratch {ram['scratch']:,}), stack {ram['stack']:,}"
    )
    console.print(f"MACs   {report['macs']:>9,}")
    console.print(f"ELF    {report['elf']} ({report['compiler']})")


def _print_prediction(result: dict[str, Any]) -> None:
    click.echo(result["image"])
    for entry in result["predictions"]:
        click.echo(f"  {entry['score']:.3f}  {entry['label']}")
    instructions = "an unknown number of" if result["instructions"] is None else f"{result['instructions']:,}"
    click.echo(f"  {instructions} instructions, {result['stack']:,} bytes of stack")


def _print_layers(layers: dict[str, int]) -> None:
    table = _table("layer", "instructions")
    for name, instructions in layers.items():
        table.add_row(name, f"{instructions:,}")
    if layers:
        _console().print(table)


def _print_verification(result: Any) -> None:
    _print_layers(result.layers)
    for name in result.checked:
        click.echo(f"checked   {name}")
    for name, reason in result.left_out.items():
        click.echo(f"left out  {name}: {reason}")
    verdict = "all bytes equal" if result.equal else f"DIFFERENT: {json.dumps(result.first_difference)}"
    click.echo(
        f"{result.samples} samples, {result.instructions:,} instructions per inference, {result.stack:,} bytes of stack: {verdict}"
    )


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def _table(*columns: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in ("score", "instructions", "MACs", "constants") else "left")
    return table


@contextmanager
def _status() -> Iterator[Callable[[str], None]]:
    """Shows the current stage on standard error while it lasts."""
    with _console(stderr=True).status("starting") as status:
        yield lambda stage: status.update(stage)


@contextmanager
def _progress(description: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error."""
    from rich.progress import Progress

    with Progress(console=_console(stderr=True), transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _training_progress() -> Iterator[Callable[..., None]]:
    """A bar per phase on standard error; where that is no terminal, a line per epoch."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = _console(stderr=True)
    columns = (TextColumn("{task.description:8}"), BarColumn(), TextColumn("{task.fields[text]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, Any] = {}

        def report(phase: str, epoch: int, epochs: int, step: int, steps: int, metrics: dict[str, float]) -> None:
            if phase not in tasks:
                tasks[phase] = progress.add_task(phase, total=epochs * max(steps, 1), text="")
            values = " ".join(f"{name} {value:.4f}" for name, value in metrics.items())
            progress.update(tasks[phase], completed=(epoch - 1) * steps + step, text=f"epoch {epoch}/{epochs} {values}")
            epoch_is_over = "validation_loss" in metrics or steps == 1
            if epoch_is_over and not console.is_terminal:
                click.echo(f"{phase} epoch {epoch}/{epochs} {values}", err=True)

        yield report


if __name__ == "__main__":
    main()
