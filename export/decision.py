"""What a stage decided, in words and numbers: listed in the plan."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """What was chosen, what else was possible, why, and what it saved."""

    subject: str
    chosen: str
    considered: str
    reason: str
    saved: str
