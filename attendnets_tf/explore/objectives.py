"""What a search maximizes or minimizes, from a network's accuracy and what the compiler says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log10

from export.errors import InputError

Figures = Mapping[str, float]

OFF_TRACK = 1e6
"""More than objectives that are maximized differ by."""


def netscore(accuracy: float, parameters: float, macs: float) -> float:
    """20 log10(a² / (√p √m)), a in percent, p in millions, m in billions: A. Wong, "NetScore" (arXiv 1806.05512), as the AttendNet paper uses it.

    ``accuracy`` is a share; one of 0 scores as a thousandth of a percent.
    """
    percent = max(100 * accuracy, 1e-3)
    return 20 * log10(percent**2 / ((parameters / 1e6) ** 0.5 * (macs / 1e9) ** 0.5))


@dataclass(frozen=True)
class Objective:
    """``value`` of (accuracy, figures). ``by_accuracy``: it says more the more accurate a network is, so training can be cut short by it."""

    direction: str
    value: Callable[[float, Figures], float]
    by_accuracy: bool

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.direction == "maximize" else -1


OBJECTIVES = {
    "netscore": Objective(
        "maximize", lambda accuracy, figures: netscore(accuracy, figures["parameters"], figures["macs"]), True
    ),
    "accuracy": Objective("maximize", lambda accuracy, figures: accuracy, True),
    "latency": Objective("minimize", lambda accuracy, figures: figures["estimated_ms"], False),
    # Operations are a good proxy of energy on microcontrollers: Banbury et al., "MicroNets" (arXiv 2010.11267), section 3.
    "energy": Objective("minimize", lambda accuracy, figures: figures["macs"], False),
}


def parse_objectives(text: str) -> tuple[str, ...]:
    """Names separated by commas; several make a Pareto front. Raises InputError for an unknown or a repeated one."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in OBJECTIVES or names.count(name) > 1:
            raise InputError(f'objective "{name}" is unknown or repeated', f"use some of: {', '.join(OBJECTIVES)}")
    return names


def promise(value: float, accuracy: float, floor: float, trained: float) -> float:
    """How much a candidate promises after a share ``trained`` of its epochs, where more is better: its objective's ``value`` if it may still reach
    the accuracy ``floor``, else its accuracy, below all that may.

    It may if its errors are at most those allowed at the end over that share: after a ninth of the epochs, nine times as many.
    """
    return value if (1 - accuracy) * trained <= 1 - floor else accuracy - OFF_TRACK


def values_of(names: tuple[str, ...], accuracy: float, figures: Figures) -> list[float]:
    """One value for each objective."""
    return [OBJECTIVES[name].value(accuracy, figures) for name in names]
