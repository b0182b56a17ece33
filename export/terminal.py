"""How results and progress look on a terminal. Results go to standard output, progress to standard error."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from .build import Build
    from .doctor import Tool
    from .verify import Verification

_NOT_DRAWN = "not drawn: matplotlib is not installed; install it: pip install 'attendnets-tf[evaluate]'"


def print_build(report: dict[str, Any]) -> None:
    """The report of what ``build`` made: firmware, a module, or firmware around the interpreter."""
    if report.get("layout"):
        _print_module(report)
    elif report.get("runtime"):
        _print_tflm_build(report)
    else:
        _print_firmware(report)


def _print_layers(report: dict[str, Any], console: Console) -> None:
    table = make_table("layer", "operator and shapes", "MACs", "constants")
    for layer in report["layers"]:
        table.add_row(layer["name"], layer["shapes"], f"{layer['macs']:,}", f"{layer['constants']:,}")
    console.print(table)


def _print_module(report: dict[str, Any]) -> None:
    console = make_console()
    _print_layers(report, console)
    ram = report["ram"]
    state = f", state {ram['state']:,}" if ram["state"] else ""
    console.print(f"flash  {report['flash']['constants']:>9,} bytes of constants, and the code")
    console.print(f"RAM    {ram['arena']:>9,} bytes: arena (scratch {ram['scratch']:,}){state}; and your buffers")
    console.print(f"MACs   {report['macs']:>9,}")
    console.print(f"module {report['out']} ({report['layout']}): its README.md tells how to use it")


def _print_firmware(report: dict[str, Any]) -> None:
    console = make_console()
    _print_layers(report, console)
    flash, ram = report["flash"], report["ram"]
    console.print(f"flash  {flash['total']:>9,} bytes: code {flash['code']:,}, constants {flash['constants']:,}")
    state = f", state {ram['state']:,}" if ram["state"] else ""
    console.print(
        f"RAM    {ram['total']:>9,} bytes: arena {ram['arena']:,} (scratch {ram['scratch']:,}){state}, stack {ram['stack']:,}"
    )
    console.print(f"MACs   {report['macs']:>9,}")
    if camera := report["camera"]:
        crop, output = camera["crop"], camera["output"]
        console.print(
            f"camera {camera['buffer_bytes']:>9,} bytes of RAM, if it is used: {camera['format']} {camera['width']}x{camera['height']}, "
            f"crop {crop['width']}x{crop['height']}+{crop['x']}+{crop['y']}, {camera['resize']} to {output['width']}x{output['height']}"
        )
    if benchmark := report["benchmark"]:
        console.print(
            f"runner {benchmark['loaded_bytes']:>9,} bytes loaded for an inference: MLPerf Tiny, task {benchmark['task']}, {benchmark['loading']}"
        )
    console.print(f"ELF    {report['elf']} ({report['compiler']})")


def _print_tflm_build(report: dict[str, Any]) -> None:
    console = make_console()
    table = make_table("operator", "registration", "operators")
    for (kind, count), method in zip(report["operators"].items(), report["registrations"], strict=True):
        table.add_row(kind, method, str(count))
    console.print(table)
    arena = report["arena"]
    console.print(f"model  {report['model']:>9,} bytes")
    console.print(f"arena  {arena['bytes']:>9,} bytes: {arena['measured']:,} measured, margin {arena['margin']:,}")
    if report["elf"]:
        flash, ram = report["flash"], report["ram"]
        console.print(f"flash  {flash['total']:>9,} bytes: code {flash['code']:,}, constants {flash['constants']:,}")
        console.print(f"RAM    {ram['total']:>9,} bytes: arena {ram['arena']:,}, stack {ram['stack']:,} reserved")
        console.print(f"ELF    {report['elf']} ({report['compiler']})")
    else:
        console.print(f"project {report['out']}, not compiled: {report['missing']}")


def print_comparison(comparison: dict[str, Any]) -> None:
    """``comparison`` is the published form that ``export.compare`` makes."""
    aot, tflm = comparison["runtimes"]["aot"], comparison["runtimes"]["tflm"]
    unknown = "needs TFLM_DIR [1]" if comparison["missing"] else "-"
    console = make_console()
    table = make_table("", "ahead of time", "TensorFlow Lite Micro")
    for row, group, key in _COMPARED:
        ours, theirs = (figures[group][key] if key else figures[group] for figures in (aot, tflm))
        table.add_row(row, "-" if ours is None else f"{ours:,}", unknown if theirs is None else f"{theirs:,}")
    console.print(table, markup=False)
    kernels = make_table("operator", "kernel", "steps", "registration", "operators")
    for entry in comparison["operators"]:
        ours, theirs = entry["aot"], entry["tflm"]
        names = ", ".join(ours["kernels"]) or "-"
        kernels.add_row(entry["operator"], names, str(ours["count"]), theirs["registration"] or "-", str(theirs["count"]))
    console.print()
    console.print(kernels)
    for name, figures in (("ahead of time", aot), ("TensorFlow Lite Micro", tflm)):
        if figures["refused"]:
            console.print(f"{name}: {figures['refused']}", markup=False)
    if comparison["missing"]:
        console.print(f"[1] {comparison['missing']}", markup=False)


_COMPARED = (
    ("RAM, bytes: arena measured", "ram", "arena_measured"),
    ("RAM: arena reserved", "ram", "arena"),
    ("RAM: stack reserved", "ram", "stack"),
    ("RAM: total", "ram", "total"),
    ("flash, bytes: model array", "flash", "model"),
    ("flash: code", "flash", "code"),
    ("flash: constants", "flash", "constants"),
    ("flash: total", "flash", "total"),
    ("operators executed", "operators", ""),
    ("instructions per inference", "instructions", ""),
)


def print_classification(results: list[dict[str, Any]]) -> None:
    """Of one or more images; the layers' cost is that of the first."""
    print_layers(results[0]["layers"], results[0].get("estimated_layers", {}))
    if results[0]["warning"]:
        click.echo(results[0]["warning"], err=True)
    for result in results:
        click.echo(result["image"])
        for entry in result["predictions"]:
            click.echo(f"  {entry['score']:.3f}  {entry['label']}")
        click.echo(f"  {result['cost']}")


def print_layers(layers: dict[str, int], estimated: dict[str, int]) -> None:
    """``estimated`` are cycles, empty where the core has no model."""
    table = make_table("layer", "instructions", *(["estimated cycles"] if estimated else []))
    for name, instructions in layers.items():
        table.add_row(name, f"{instructions:,}", *([f"{estimated[name]:,}"] if estimated else []))
    if layers:
        make_console().print(table)


def print_verification(result: Verification) -> None:
    print_layers(result.first.layers, result.first.estimated_layers)
    for name in result.checked:
        click.echo(f"checked   {name}")
    for name, reason in result.left_out.items():
        click.echo(f"left out  {name}: {reason}")
    if result.warning:
        click.echo(result.warning, err=True)
    verdict = "all bytes equal" if result.equal else f"DIFFERENT: {json.dumps(result.first_difference)}"
    click.echo(f"{result.samples} samples; one inference: {result.first.cost()}: {verdict}")


def print_demo(built: Build, result: Verification, rows: list[tuple[str, str, str, float]]) -> None:
    """``rows`` are image, true label, predicted label and score."""
    table = make_table("image", "true label", "predicted", "score")
    for image, label, predicted, score in rows:
        table.add_row(image, label, predicted, f"{score:.3f}")
    report, console = built.report(), make_console()
    flash, ram = report["flash"], report["ram"]
    console.print(table)
    equal = "yes" if result.equal else f"no: {result.first_difference}"
    console.print(f"bytes equal to the reference  {equal} ({', '.join(result.checked[1:])}; {result.samples} inputs)")
    console.print(f"instructions per inference    {result.first.instructions:,} for {report['macs']:,} multiply-accumulates")
    console.print(
        f"flash                         {flash['total']:,} bytes: code {flash['code']:,}, constants {flash['constants']:,}"
    )
    console.print(f"RAM                           {ram['total']:,} bytes: arena {ram['arena']:,}, stack and variables the rest")
    console.print(
        f"stack                         {ram['stack']:,} bytes reserved for the worst case, {result.first.stack:,} used"
    )
    console.print(f"board, compiler               {report['board']} ({report['target']}), {report['compiler']}")
    console.print(f"project                       {report['out']}")


def print_evaluation(report: dict[str, Any]) -> None:
    """What ``evaluate`` found; an unequal byte is shown first, since then nothing else counts."""
    if not report["equal"]:
        where = json.dumps(report["first_difference"])
        click.echo(f"DIFFERENT: the compiled model does not give the bytes of the int8 model: {where}")
    notes = {"int8": report["int8_executor"], "compiled": f"{report['images_per_second']:,.0f} images/s"}
    for name in ("float", "int8", "compiled"):
        if name not in report["accuracy"]:
            click.echo(f"{name:9} not available: {report['float_missing']}")
            continue
        figures = report["accuracy"][name]
        low, high = (100 * bound for bound in figures["interval"])
        note = f"  {notes[name]}" if name in notes else ""
        counts = f"{figures['correct']:,} of {report['samples']:,} right"
        click.echo(
            f"{name:9} {100 * figures['accuracy']:6.2f} %  ({low:.2f} to {high:.2f} % with 95 % confidence)  {counts}{note}"
        )
    click.echo(f"images    {report['data']}, {report['split']}, seed {report['seed']}")
    click.echo(f"report    {report['report']}")
    drawn = report["picture"] or _NOT_DRAWN
    click.echo(f"picture   {drawn}")


def print_tools(tools: list[Tool]) -> None:
    table = make_table("tool", "version", "enables", "install with")
    for tool in tools:
        version = tool.version or "found" if tool.found else "[red]missing[/red]"
        table.add_row(tool.name, version, tool.enables, "" if tool.found else tool.install)
    make_console().print(table)


def print_flash(result: dict[str, Any]) -> None:
    click.echo(f"flashed   {result['board']} by {result['tool']}: {result['elf']}")
    if "self_test" in result:
        click.echo(f"self-test {result['self_test']} on {result['port']}: the reference's bytes")
    else:
        click.echo("self-test not run: give --port")


def print_boards(boards: list[dict[str, Any]]) -> None:
    """With a last column where a model was asked about, and what is missing below."""
    asked = "fits" in boards[0]
    table = make_table("board", "chip", "core", "MHz", "flash KB", "RAM KB", "ran on", *(["fits"] if asked else []))
    for board in boards:
        ram = "+".join(str(size // 1024) for size in board["ram"].values())
        row = [board["name"], board["chip"], board["target"].removeprefix("cortex-"), str(board["clock_hz"] // 1_000_000)]
        row += [str(board["flash"] // 1024), ram, ", ".join(board["tested"]) or "nothing"]
        table.add_row(*row, *(["yes" if board["fits"] else "no"] if asked else []))
    table.columns[0].no_wrap = True
    make_console().print(table)
    for board in boards:
        if asked and not board["fits"]:
            click.echo(board["lacks"])


_NUMBERS = {
    "score", "MHz", "flash KB", "RAM KB", "estimated ms", "instructions", "MACs", "constants", "steps", "operators",
    "ahead of time", "TensorFlow Lite Micro",
}  # fmt: skip


def make_console(stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def print_plan(report: dict[str, Any]) -> None:
    """A memory map in words."""
    console = make_console()
    peak = report["peak"]
    table = make_table(f"alive at {peak['step']}", "bytes", "rows")
    for buffer in peak["buffers"]:
        table.add_row(buffer["tensor"], f"{buffer['bytes']:,}", str(buffer["rows"] or "all"))
    console.print(table)
    for segment in report["segments"]:
        console.print(f"by rows   {segment['first']} to {segment['last']}, {segment['passes']} passes")
    console.print(f"arena     {report['arena']:,} bytes, most at {peak['step']}")
    console.print(f"RAM       {report['ram']:,} bytes with inputs and outputs, without the stack")
    console.print(f"flash     {report['constants']:,} bytes of constants")
    table = make_table("RAM of the arena", "estimated instructions", "estimated ms", "steps by rows")
    for other in report["alternatives"]:
        figures = (f"{other['ram']:,}", f"{other['estimated_instructions']:,}", f"{other['estimated_ms']:,.2f}")
        table.add_row(*figures, str(other["streamed"]))
    console.print(table)
    for path in report["pictures"]:
        console.print(f"picture   {path}")
    if not report["pictures"]:
        console.print(f"picture   {_NOT_DRAWN}")


def print_exploration(result: dict[str, Any]) -> None:
    """A search in a few lines: how its trials ended, and the finalists beside what they are compared with."""
    console = make_console()
    states = Counter(trial["state"] for trial in result["trials"])
    console.print("trials    " + ", ".join(f"{count} {state}" for state, count in states.most_common()))
    table = make_table("network", "accuracy", "MACs", "flash KB", "RAM KB", "estimated ms", "score")
    for entry in result["finalists"]:
        low, high = entry["interval"]
        table.add_row(
            f"{entry['name']} ({entry['kind']})",
            f"{100 * entry['accuracy']:.2f} % ({100 * low:.1f} to {100 * high:.1f})",
            f"{entry['macs']:,}",
            f"{entry['flash'] / 1024:.1f}",
            f"{entry['ram'] / 1024:.1f}",
            f"{entry['estimated_ms']:.2f}",
            f"{entry['netscore']:.1f}",
        )
    console.print(table)


def make_table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", justify="right" if name in _NUMBERS else "left")
    return table


@contextmanager
def status() -> Iterator[Callable[[str], None]]:
    """Shows the current stage on standard error while it lasts."""
    with make_console(stderr=True).status("starting") as status:
        yield lambda stage: status.update(stage)


@contextmanager
def progress(description: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error."""
    console = make_console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(description, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def training_progress() -> Iterator[Callable[..., None]]:
    """A bar per phase on standard error; where that is no terminal, a line per epoch."""
    console = make_console(stderr=True)
    columns = (TextColumn("{task.description:8}"), BarColumn(20), TextColumn("{task.fields[text]}"), TimeRemainingColumn())
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
