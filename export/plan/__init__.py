"""Stages 5 and 6, schedule and plan: kernel calls → steps in order and byte offsets, proven sound by an independent verifier.

In the order in which they decide: ``stream`` (how calls can advance by rows), ``schedule`` (the ways to do so), ``choice`` (one of them, and tiles),
``buffers`` and ``memory`` (where everything lies), ``planner`` (all together). Steps run in the model's own order.
"""

from ..lower.call import Constant
from .plan import Buffer, Operand, Plan, PlannedState, Quantized, Step
from .planner import Origin, make_plan
from .verifier import verify

__all__ = ["Buffer", "Constant", "Operand", "Origin", "Plan", "PlannedState", "Quantized", "Step", "make_plan", "verify"]
