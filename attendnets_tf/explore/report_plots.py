"""The plots of a search as inline SVG, drawn by matplotlib; equal searches give equal bytes."""

import io
import re
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure  # a Figure of its own never needs a display
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from attendnets_tf.explore.pareto import pareto_front
from attendnets_tf.explore.report_labels import place_labels
from attendnets_tf.explore.report_words import STATES, TIMES, Objective, accuracy_of, is_candidate

WIDTH = 9.6  # inches of 72 points, which are the report's text width
# Okabe and Ito's palette, told apart by colour-blind readers too; marks differ besides.
COLOURS = {"trained": "#0072b2", "stopped": "#e69f00", "rejected": "#8c8c8c", "failed": "#d55e00", "running": "#009e73"}
MARKS = {"trained": "o", "stopped": "v", "rejected": "x", "failed": "X", "running": "s"}
LETTER, LINE = 4.9, 9.0  # points: the width of a letter in a label, about, and its height
STEPS = 20  # of a line that labels avoid
FRONT, REFERENCE, INK = "#003f66", "#b3478f", "#333333"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # words stay words: they can be searched for, and take the page's font
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#999999",
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8,
}
EDGES = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0)  # of a limit, between the bars of a histogram
BARS = ("≤ 5", "5-10", "10-25", "25-50", "50-100", "100-200", "> 200")


def plot_pareto(search: dict[str, Any], names: dict[int, str]) -> str:
    """Accuracy over cost: trials by their validation accuracy and, beside them, finalists and references by their test accuracy.

    They are two plots because the accuracies are of other images and after other training. ``names`` labels trials by number.
    """
    trials = [
        trial for trial in search["trials"] if trial["state"] in ("trained", "stopped") and accuracy_of(trial) is not None
    ]
    finalists = search["finalists"]
    timed = all("estimated_ms" in trial["figures"] for trial in trials)
    figure_of_cost, label = ("estimated_ms", "estimated ms per image") if timed else ("macs", "million multiply-adds")
    scale = 1.0 if timed else 1e-6

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, 2 if finalists else 1, squeeze=False)[0]
        _plot_trials(panels[0], trials, lambda trial: scale * trial["figures"][figure_of_cost], names)
        if finalists:
            _plot_finalists(panels[1], finalists, lambda finalist: scale * finalist[figure_of_cost])
        limit = search["requirements"]["latency_ms" if timed else "macs"]
        for axes in panels:
            axes.set_xlabel(label)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0))
            left, right = axes.get_xlim()
            if limit is not None and left < scale * limit < right:
                axes.axvline(scale * limit, color=COLOURS["failed"], linestyle=":", linewidth=1.2, label="limit")
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=4)

    return _svg("pareto", 4.2, draw)


def _plot_trials(axes: Axes, trials: list[dict[str, Any]], cost: Callable[[Any], float], names: dict[int, str]) -> None:
    axes.set(title="during the search", ylabel="validation accuracy")
    for state in ("stopped", "trained"):
        _scatter(axes, state, [(cost(trial), accuracy_of(trial)) for trial in trials if trial["state"] == state])
    # Accuracies of stopped trials are of less training, so only trials that were trained to the end make the front.
    trained = [trial for trial in trials if trial["state"] == "trained"]
    kept = [trained[index] for index in pareto_front([(-cost(trial), trial["accuracy"]) for trial in trained])]
    kept.sort(key=lambda trial: (cost(trial), trial["accuracy"]))
    corners: list[tuple[float, float]] = []
    if kept:
        x, y = zip(*((cost(trial), trial["accuracy"]) for trial in kept), strict=True)
        axes.step(x, y, where="post", color=FRONT, linewidth=1.2, label="front")
        axes.scatter(x, y, s=60, facecolors="none", edgecolors=FRONT, linewidths=1.2)
        corners = [corner for at, (left, right) in zip(x[1:], pairwise(y), strict=True) for corner in ((at, left), (at, right))]
        corners.insert(0, (x[0], y[0]))
    axes.margins(x=0.08, y=0.12)
    points = [(cost(trial), accuracy_of(trial) or 0.0) for trial in trials]
    named = [(names[trial["number"]], *point) for trial, point in zip(trials, points, strict=True) if trial["number"] in names]
    _label(axes, named, points + _between(corners))


def _plot_finalists(axes: Axes, finalists: list[dict[str, Any]], cost: Callable[[Any], float]) -> None:
    axes.set(title="trained in full, int8, with 95 % intervals", ylabel="test accuracy")
    for kind, word, colour, mark in (("found", "found", COLOURS["trained"], "o"), ("reference", "reference", REFERENCE, "D")):
        mine = [finalist for finalist in finalists if finalist["kind"] == kind]
        if not mine:
            continue
        x, y = [cost(finalist) for finalist in mine], [finalist["accuracy"] for finalist in mine]
        low = [finalist["accuracy"] - finalist["interval"][0] for finalist in mine]
        high = [finalist["interval"][1] - finalist["accuracy"] for finalist in mine]
        axes.errorbar(x, y, (low, high), fmt=mark, color=colour, markersize=6, elinewidth=1, capsize=2.5, label=word)
    axes.margins(x=0.12)
    bars = [_between([(cost(each), end) for end in each["interval"]]) for each in finalists]
    _label(axes, [(each["name"], cost(each), each["accuracy"]) for each in finalists], [place for bar in bars for place in bar])


def _label(axes: Axes, points: list[tuple[str, float, float]], obstacles: list[tuple[float, float]]) -> None:
    """Names of points with a line to each, where they hide few of the ``obstacles``."""
    figure = axes.get_figure(root=True)
    assert figure is not None, "axes are in a figure"
    figure.draw_without_rendering()  # the axes' size is known only then
    box, unit = axes.get_window_extent(), 72 / figure.dpi

    def on_page(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
        pixels = (axes.transData.transform(place) for place in places)
        return [(float(x - box.x0) * unit, float(y - box.y0) * unit) for x, y in pixels]

    targets = on_page([(x, y) for _, x, y in points])
    sizes = [(LETTER * len(name), LINE) for name, _, _ in points]
    centres = place_labels(targets, sizes, on_page(obstacles), (box.width * unit, box.height * unit))
    for (name, x, y), target, centre in zip(points, targets, centres, strict=True):
        note = axes.annotate(
            name,
            (x, y),
            (centre[0] - target[0], centre[1] - target[1]),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8,
            color=INK,
            arrowprops={"arrowstyle": "-", "color": "#888888", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 4},
        )
        note.set_in_layout(False)


def _between(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points along a line through ``ends``, close enough that no name lies between them."""
    return [
        (x + (to_x - x) * part / STEPS, y + (to_y - y) * part / STEPS)
        for (x, y), (to_x, to_y) in pairwise(ends)
        for part in range(STEPS + 1)
    ]


def plot_history(search: dict[str, Any], objectives: list[Objective]) -> str:
    """Every objective over the trials, each trial a mark in the colour of its state, and the best so far as a line."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(len(objectives), 1, sharex=True, squeeze=False)[:, 0]
        for index, (axes, objective) in enumerate(zip(panels, objectives, strict=True)):
            _plot_objective(axes, search, index, objective)
        _legend_beside(panels[0])
        axes.set_xlabel("trial")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return _svg("history", 1.0 + 2.3 * len(objectives), draw)


def _plot_objective(axes: Axes, search: dict[str, Any], index: int, objective: Objective) -> None:
    axes.set_ylabel(f"{objective.label}{f' in{objective.unit}' if objective.unit else ''}")
    valued = [trial for trial in search["trials"] if trial["objective"]]
    worth = {trial["number"]: objective.scale * trial["objective"][index] for trial in valued}
    for state in STATES:
        mine = [trial for trial in search["trials"] if trial["state"] == state]
        # Without a value, a mark on the axis says that the trial was there.
        unvalued = [(trial["number"], 0.02) for trial in mine if trial["number"] not in worth]
        points = [(trial["number"], worth[trial["number"]]) for trial in mine if trial["number"] in worth]
        _scatter(axes, state, points)
        if unvalued:
            x, y = zip(*unvalued, strict=True)
            label = None if points else state
            axes.scatter(
                x,
                y,
                s=14,
                c=COLOURS[state],
                marker=MARKS[state],
                transform=axes.get_xaxis_transform(),
                label=label,
                linewidths=0.9,
            )
    candidates = sorted(trial["number"] for trial in search["trials"] if is_candidate(trial, search))
    if candidates:
        best = list(accumulate((worth[number] for number in candidates), max if objective.sign > 0 else min))
        end = max(trial["number"] for trial in search["trials"])
        axes.step([*candidates, end], [*best, best[-1]], where="post", color=FRONT, linewidth=1.4, label="best so far")
    axes.margins(y=0.12)


def plot_rungs(search: dict[str, Any]) -> str:
    """How the accuracy of every trial grew from rung to rung."""
    every = {(rung["epochs"], tuple(rung["size"])) for trial in search["trials"] for rung in trial["rungs"]}
    steps = {rung: place for place, rung in enumerate(sorted(every))}

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for state in reversed(STATES):
            mine = [trial["rungs"] for trial in search["trials"] if trial["state"] == state and trial["rungs"]]
            if not mine:
                continue
            lines = [[(steps[rung["epochs"], tuple(rung["size"])], rung["accuracy"]) for rung in rungs] for rungs in mine]
            axes.add_collection(LineCollection(lines, colors=COLOURS[state], linewidths=0.9, alpha=0.6))
            _scatter(axes, state, [point for line in lines for point in line])
        names = [f"{epochs} epoch{'' if epochs == 1 else 's'}\n{TIMES.join(map(str, size))}" for epochs, size in steps]
        axes.set_xticks(range(len(steps)), names)
        axes.margins(x=0.06)
        axes.set_ylabel("validation accuracy")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        _legend_beside(axes)

    return _svg("rungs", 3.0, draw)


def plot_excess(shares: dict[str, list[float]]) -> str:
    """How far rejected trials were over a limit: one histogram per reason of the excess as a share of the limit."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(shares), sharey=True, squeeze=False)[0]
        for axes, (reason, excess) in zip(panels, shares.items(), strict=True):
            counts = [0] * len(BARS)
            for share in excess:
                counts[sum(share > edge for edge in EDGES)] += 1
            axes.bar(range(len(BARS)), counts, color=COLOURS["rejected"], width=0.85)
            axes.set_xticks(range(len(BARS)), BARS, rotation=90)
            axes.set(title=reason)
            axes.grid(visible=False, axis="x")
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        panels[0].set_ylabel("trials")
        figure.supxlabel("over the limit, in % of it", fontsize=9, color=INK)

    return _svg("excess", 2.4, draw, min(WIDTH, 0.6 + 2.4 * len(shares)))


def plot_importance(importance: dict[str, float]) -> str:
    """Bars of the share that every parameter has in the objective's variation, the largest on top."""
    ordered = sorted(importance.items(), key=lambda item: (item[1], item[0]))

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        bars = axes.barh([name for name, _ in ordered], [share for _, share in ordered], color=COLOURS["trained"], height=0.7)
        axes.bar_label(bars, [f"{100 * share:.0f} %" for _, share in ordered], padding=3, fontsize=8)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.08, y=0.02)

    return _svg("importance", 0.7 + 0.24 * len(ordered), draw)


def _scatter(axes: Axes, state: str, points: Sequence[tuple[float, float | None]]) -> None:
    if points:
        x, y = zip(*points, strict=True)
        axes.scatter(x, y, s=22, c=COLOURS[state], marker=MARKS[state], label=state, linewidths=0.9, alpha=0.85)


def _legend_beside(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _svg(name: str, height: float, draw: Callable[[Figure], None], width: float = WIDTH) -> str:
    """The ``<svg>`` element of a figure; ``name`` begins all its ids, so that they are unique in the page."""
    with rc_context(STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        buffer = io.StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    text = buffer.getvalue()
    text = re.sub(r"<!--.*?-->\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", text)
