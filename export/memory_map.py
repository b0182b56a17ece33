"""What ``attendnets-cli plan`` tells: the memory map of a plan, what sets its peak, and what else could have been chosen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .boards import Board
from .build import Progress, plan_model
from .errors import AttendNetsError
from .plan import Buffer, Plan
from .plan.choice import Alternative, alternatives
from .plan.estimate import estimated_ms
from .plan.lives import lives_of
from .preprocessing import PLAIN_PIXELS

PICTURES = (".png", ".svg")


@dataclass(frozen=True)
class MemoryMap:
    """A verified plan beside its ``alternatives``, and the pictures that were drawn of it, none where matplotlib is not installed."""

    plan: Plan
    alternatives: tuple[Alternative, ...]
    pictures: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        plan = self.plan
        peak = plan.peak_step
        return {
            "name": plan.name,
            "board": plan.board.name,
            "target": plan.board.core,
            "arena": plan.whole_arena_bytes,
            "ram": plan.whole_arena_bytes + plan.variable_bytes,
            "constants": plan.constant_bytes,
            "pushed_rows_of": plan.row_bytes or None,
            "peak": {
                "step": plan.steps[peak].name,
                "bytes": plan.bytes_in_use(peak),
                "buffers": [
                    {"tensor": buffer.tensor, "bytes": buffer.bytes, "rows": buffer.rows} for buffer in plan.alive(peak)
                ],
            },
            "segments": [
                {"first": plan.steps[s.first].name, "last": plan.steps[s.last].name, "passes": s.passes} for s in plan.segments
            ],
            "alternatives": [
                asdict(alternative) | {"estimated_ms": estimated_ms(alternative.estimated_instructions, plan.board)}
                for alternative in self.alternatives
            ],
            "decisions": [asdict(decision) for decision in plan.decisions],
            "pictures": [str(path) for path in self.pictures],
        }


def draw(plan: Plan, out: Path) -> tuple[Path, ...]:
    """Buffers over time, address by step, as out.png and out.svg; nothing where matplotlib, which draws it, is not installed.

    Raises AttendNetsError where a picture cannot be written.
    """
    if not find_spec("matplotlib"):
        return ()
    from matplotlib.figure import Figure  # a Figure of its own never needs a display

    figure = Figure(figsize=(14, 8), layout="constrained")
    axes = figure.subplots()
    peak = plan.peak_step
    for buffer in plan.buffers:
        if buffer.bank.startswith("arena"):
            _draw_buffer(axes, buffer, plan)
    for segment in plan.segments:
        axes.axvspan(segment.first - 0.5, segment.last + 0.5, color="0.93", zorder=0)
    top = plan.whole_arena_bytes
    axes.axhline(top / 1024, color="black", linewidth=0.8)
    axes.axvline(peak, color="tab:red", linestyle=":", label=f"peak: {plan.steps[peak].name}")
    if plan.arena_2_bytes:
        axes.axhline(plan.arena_bytes / 1024, color="black", linestyle="--", label=f"above: {plan.banks.arena_2}")
    axes.set(xlim=(-0.5, len(plan.steps) - 0.5), ylim=(0, top / 1024 * 1.02), xlabel="step", ylabel="address in the arena, KB")
    axes.set_title(
        f"{plan.name} on {plan.board.name}: {top:,} bytes of arena; grey: steps that advance row by row", parse_math=False
    )
    axes.legend(loc="upper right")
    paths = tuple(out.with_name(out.name + suffix) for suffix in PICTURES)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for path in paths:
            figure.savefig(path, dpi=130)
    except OSError as error:
        raise AttendNetsError(f"Cannot write {error.filename or out}: {error.strerror}.", "Choose another --out.") from error
    return paths


def _draw_buffer(axes: Any, buffer: Buffer, plan: Plan) -> None:
    color = "tab:gray" if buffer.tensor == "scratch" else "tab:green" if buffer.rows else "tab:blue"
    bottom = (buffer.offset + (plan.arena_bytes if buffer.bank == "arena_2" else 0)) / 1024
    width, height = buffer.last + 1 - buffer.first, buffer.bytes / 1024
    box = {"facecolor": color, "edgecolor": "white", "linewidth": 0.4, "alpha": 0.75}
    axes.broken_barh([(buffer.first - 0.5, width)], (bottom, height), **box)
    if height * 1024 * 20 > plan.arena_bytes and width * 12 > len(plan.steps):
        rows = f", {buffer.rows} rows" if buffer.rows else ""
        name = buffer.tensor.split(";")[0].replace("$", r"\$")
        axes.text(buffer.first - 0.3, bottom + height / 2, f"{name}{rows}", fontsize=6, va="center", clip_on=True)


def map_memory(model: Path, board: Board, labels: tuple[str, ...], out: Path, progress: Progress) -> MemoryMap:
    """The memory map of a model for a board; pictures go to out.png and out.svg.

    Raises InputError and DoesNotFitError as ``export.build.build``.
    """
    _, _, lowering, plan = plan_model(model, board, labels, progress, (), PLAIN_PIXELS, None)
    progress("drawing")
    return MemoryMap(plan, tuple(alternatives(lowering, lives_of(lowering))), draw(plan, out))
