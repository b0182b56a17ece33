"""What lies over what, and what could have: in words."""

from __future__ import annotations

from ..decision import Decision
from ..lower import Lowering
from .in_place import overwritten
from .lives import Lives
from .schedule import Schedule

BY_ROWS = "when its rows are written, those that lie there have been read for the last time"
WHOLE = "its kernel reads every byte before it writes there"


def in_place_decisions(lowering: Lowering, schedule: Schedule, lives: Lives) -> tuple[Decision, ...]:
    """One for every tensor that may be written over another, and for those whose kernel could have done so."""
    names, decisions = [tensor.name for tensor in lowering.graph.tensors], []
    in_place = schedule.in_place(lives)
    for number, pair in in_place.items():
        reason = BY_ROWS if schedule.segment_of(number) else WHOLE
        saved = f"{pair.saved(lives.bytes)} bytes of RAM while both are there"
        decisions.append(
            Decision("placement", f"{names[pair.written]} may lie over {names[pair.read]}", "memory of its own", reason, saved)
        )
    for number, call in enumerate(lowering.calls):
        for tensor in overwritten(lowering, call, lives.bytes):
            if lives.last[tensor] > number:
                considered, reader = f"over {names[tensor]}", names[lowering.calls[lives.last[tensor]].output]
                chosen = f"{names[lowering.storage(call.output)]} has memory of its own"
                decisions.append(Decision("placement", chosen, considered, f"that is still read, to make {reader}", "nothing"))
    return tuple(decisions)
