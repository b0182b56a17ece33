"""Whether a board can run a network, decided by the compiler itself: the untrained graph is lowered and planned; no training, no C compiler."""

from __future__ import annotations

from dataclasses import dataclass, field

from attendnets_tf.explore.untrained import untrained_graph
from attendnets_tf.specification import Specification
from export.boards import Board
from export.build import lower_model, place
from export.errors import DoesNotFitError
from export.graph import Graph
from export.plan import Plan
from export.plan.banks import HARNESS_BYTES
from export.plan.estimate import estimated_ms, least_instructions

CODE_BYTES = 24 * 1024
"""Flash kept for kernels and harness: AttendNet-B, with a kernel of nearly every kind, takes 23,000 bytes."""


@dataclass(frozen=True)
class Requirements:
    """What a network must satisfy; None: nothing. RAM and flash are the board's, or its ``ram_limit``."""

    board: Board
    latency_ms: float | None = None
    macs: int | None = None


@dataclass(frozen=True)
class Verdict:
    """``excess``: how much too much of what, empty where the board can run the network.

    ``figures``, as far as they were needed: parameters (trainable, as the AttendNet paper counts), macs, estimated_instructions,
    estimated_ms, flash (constants and the share kept for code) and ram (with the share kept for stack and harness), both in bytes.
    """

    excess: dict[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    plan: Plan | None = None


def judge(specification: Specification, requirements: Requirements) -> Verdict:
    """Whether a board can run a network that is not trained yet."""
    graph = untrained_graph(specification)
    return judge_graph(graph, _parameters(graph), requirements)


def judge_graph(graph: Graph, parameters: int, requirements: Requirements) -> Verdict:
    """Of a graph as read. Cheapest first: what is certain before memory is planned ends it."""
    board = limited(requirements.board)
    lowered = lower_model(graph, board.target.tier)
    least, macs = least_instructions(lowered.lowering), sum(call.macs for call in lowered.lowering.calls)
    figures = {"parameters": parameters, "macs": macs} | _time(least, board)
    excess = _over("macs", macs, requirements.macs) | _over("latency", figures["estimated_ms"], requirements.latency_ms)
    if excess:
        return Verdict(excess, figures)
    try:
        plan = place(lowered, board, spare_flash=CODE_BYTES)
    except DoesNotFitError as error:
        return Verdict({error.memory: error.excess}, figures)
    figures |= _time(plan.estimated_instructions, board) | {
        "flash": plan.constant_bytes + CODE_BYTES,
        "ram": plan.whole_arena_bytes + plan.variable_bytes + HARNESS_BYTES,
    }
    return Verdict(_over("latency", figures["estimated_ms"], requirements.latency_ms), figures, plan)


def _parameters(graph: Graph) -> int:
    """Trainable ones as the paper counts them: of every convolution its weights, with gamma and beta where it is normalized; a condenser's
    scale is a single one."""
    count = 0
    for operator in graph.operators:
        if operator.kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            weights, biases = graph.input_of(operator, 1), graph.input_of(operator, 2)
            scale, classifier = operator.name.endswith("/scale"), operator.name == "head/classify"
            count += 1 if scale else weights.elements + biases.elements * (1 if classifier else 2)
    return count


def limited(board: Board) -> Board:
    """With all of its RAM allowed: then the fastest schedule that fits is planned, not the one with the least RAM."""
    return board if board.ram_limit else board.model_copy(update={"ram_limit": sum(bank.bytes for bank in board.ram)})


def _time(instructions: int, board: Board) -> dict[str, float]:
    return {"estimated_instructions": instructions, "estimated_ms": estimated_ms(instructions, board)}


def _over(name: str, value: float, most: float | None) -> dict[str, float]:
    return {} if most is None or value <= most else {name: value - most}
