"""What the templates of a model's C and its header show, as C text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from ..lower.call import Parameter
from ..plan import Plan, Step
from ..plan.plan import PlannedSegment

if TYPE_CHECKING:
    from ..tflm.plan import TflmPlan

LINE_WIDTH = 116
SHARED_PARAMETERS = {
    "an_average_pool_2d": "an_pool_2d",
    "an_max_pool_2d": "an_pool_2d",
    "an_dsp_average_pool_2d": "an_pool_2d",
    "an_dsp_max_pool_2d": "an_pool_2d",
    "an_thumb_add": "an_dsp_add",
    "an_thumb_mul": "an_dsp_mul",
    "an_thumb_attend": "an_dsp_attend",
    "an_lookup_32": "an_lookup",
    "an_resize_nearest_neighbor": "an_resize",
    "an_resize_bilinear": "an_resize",
    "an_sub": "an_add",
    "an_squared_difference": "an_add",
    "an_equal": "an_add",
    "an_not_equal": "an_add",
    "an_greater": "an_add",
    "an_greater_equal": "an_add",
    "an_minimum": "an_minimum_maximum",
    "an_maximum": "an_minimum_maximum",
    "an_float_add": "an_float_binary",
    "an_float_sub": "an_float_binary",
    "an_float_mul": "an_float_binary",
    "an_float_div": "an_float_binary",
    "an_float_minimum": "an_float_binary",
    "an_float_maximum": "an_float_binary",
    "an_float_squared_difference": "an_float_binary",
    "an_float_prelu": "an_float_binary",
    "an_float_neg": "an_float_unary",
    "an_float_square": "an_float_unary",
    "an_float_abs": "an_float_unary",
    "an_float_floor": "an_float_unary",
    "an_float_ceil": "an_float_unary",
    "an_float_round": "an_float_unary",
    "an_float_sqrt": "an_float_unary",
    "an_float_rsqrt": "an_float_unary",
    "an_float_relu": "an_float_unary",
    "an_float_relu6": "an_float_unary",
    "an_float_leaky_relu": "an_float_unary",
    "an_float_hard_swish": "an_float_unary",
}


def model_variables(plan: Plan) -> dict[str, Any]:
    """Variables of model.c.j2: ``parts`` are the segments and the layers outside of them, in order."""
    addresses = _addresses(plan)
    layers = [_layer(plan, number, addresses) for number in range(len(plan.steps))]
    segments = [_segment(plan, number, layers, addresses) for number in range(len(plan.segments))]
    parts: list[dict[str, Any]] = []
    for number, layer in enumerate(layers):
        inside = [s for s, segment in enumerate(plan.segments) if segment.first <= number <= segment.last]
        if not inside:
            parts.append({"layer": layer, "segment": None})
        elif plan.segments[inside[0]].first == number:
            parts.append({"layer": None, "segment": segments[inside[0]]})
    return {
        **header_variables(plan),
        "layers": layers,
        "segments": segments,
        "parts": parts,
        "unread": [] if plan.pushed else _unread(plan),
        "output_names": bank_names("output", len(plan.outputs)),
        "row_bytes": segments[0]["streams"][segments[0]["sources"][0]["stream"]]["row_bytes"] if plan.pushed else 0,
    }


def header_variables(plan: Plan | TflmPlan) -> dict[str, Any]:
    """Variables of model.h.j2."""
    return {
        "plan": plan,
        "signature": signature(plan),
        "output_signature": ", ".join(f"int8_t *{name}" for name in bank_names("output", len(plan.outputs))),
        "suffix": _suffix,
        "pushed": _pushed(plan),
    }


def _pushed(plan: Plan | TflmPlan) -> dict[str, int] | None:
    """How an input is handed over row by row."""
    if not isinstance(plan, Plan) or not plan.pushed:
        return None
    source = plan.segments[0].streams[plan.segments[0].sources[0]]
    return {"height": source.height, "row_bytes": source.row_bytes}


def _segment(plan: Plan, number: int, layers: list[dict[str, Any]], addresses: list[str]) -> dict[str, Any]:
    segment = plan.segments[number]
    name = f"{plan.name}_segment_{number + 1}"
    streams = [{**vars(stream), "address": addresses[stream.buffer]} for stream in segment.streams]
    return {
        "name": f"{name}_pass",
        "table": f"{name}_streams",
        "made": f"{name}_made",
        "streams": streams,
        "passes": segment.passes,
        "tallest": max(segment.streams[source].height for source in segment.sources),
        "sources": [{"stream": source, "height": segment.streams[source].height} for source in segment.sources],
        "layers": [
            layers[step] | {"reads": _reads(plan.steps[step], segment), "stream": segment.stream_of(plan.steps[step].output)}
            for step in range(segment.first, segment.last + 1)
        ],
    }


def _reads(step: Step, segment: PlannedSegment) -> list[str]:
    """The operands of ``an_turns``: two, of which the second may be missing."""
    assert step.turns is not None
    reads = [
        ", ".join(map(str, (segment.stream_of(operand.buffer), *read)))
        for operand, read in zip(step.inputs, step.turns.reads, strict=True)
        if operand.buffer is not None and read is not None
    ]
    return [*reads, "-1, 0, 0, 0, 0"][:2]


def _suffix(loop: Any) -> str:
    """Numbers the inputs or outputs of a model that has several."""
    return f"_{loop.index0}" if loop.length > 1 else ""


def signature(plan: Plan | TflmPlan) -> str:
    inputs = [f"const int8_t *{name}" for name in bank_names("input", len(plan.inputs))]
    return ", ".join(inputs + [f"int8_t *{name}" for name in bank_names("output", len(plan.outputs))])


def bank_names(bank: str, count: int) -> list[str]:
    return [bank] if count == 1 else [f"{bank}_{position}" for position in range(count)]


def _unread(plan: Plan) -> list[str]:
    """Arguments for inputs that no step reads."""
    read = {operand.buffer for step in plan.steps for operand in step.inputs}
    inputs = [index for index, buffer in enumerate(plan.buffers) if buffer.bank == "input"]
    names = bank_names("input", len(plan.inputs))
    return [name for name, index in zip(names, inputs, strict=True) if index not in read]


def _layer(plan: Plan, number: int, addresses: list[str]) -> dict[str, Any]:
    """What the template shows of a step, as C text. A step that takes turns finds its rows in ``turn``."""
    step = plan.steps[number]
    turning = step.turns is not None
    names = ["input"] if len(step.inputs) == 1 else [f"input_{i}" for i in range(len(step.inputs))]
    operands = list(zip(names, step.inputs, strict=True))
    stored = [(name, operand.buffer) for name, operand in operands if operand.buffer is not None]
    passed = [
        ("const int8_t *", name, f"turn.inputs[{position}]" if turning else addresses[buffer])
        for position, (name, buffer) in enumerate(stored)
    ]
    passed.append(("int8_t *", "output", "turn.output" if turning else addresses[step.output]))
    if step.scratch is not None:
        passed.append(("int8_t *", "scratch", addresses[step.scratch]))
    if turning:
        passed.append(("int32_t ", "piece", "turn.piece"))
    arguments = [name if operand.buffer is not None else str(operand.constant) for name, operand in operands]
    arguments += ["output", *(["scratch"] if step.scratch is not None else []), *step.constants]
    return {
        "number": number,
        "step": step,
        "params_type": _params_type(step),
        "parameters": _parameter_lines(step.parameters),
        "pieces": [_parameter_lines(piece) for piece in step.turns.pieces] if step.turns else [],
        "signature": ", ".join(f"{kind}{name}" for kind, name, _ in passed),
        "operands": ", ".join(address for _, _, address in passed),
        "arguments": ", ".join(arguments),
        "output": addresses[step.output],
        "output_bytes": plan.buffers[step.output].bytes,
    }


def _addresses(plan: Plan) -> list[str]:
    """The C expression of every buffer, as ``<model>_run`` sees it."""
    banks = {bank: iter(bank_names(bank, len(values))) for bank, values in (("input", plan.inputs), ("output", plan.outputs))}
    return [
        next(banks[buffer.bank]) if buffer.bank in banks else f"{plan.name}_{buffer.bank} + {buffer.offset}"
        for buffer in plan.buffers
    ]


def _params_type(step: Step) -> str:
    """Kernels that differ in one function of two values, or in the width of their items, share a structure."""
    return f"{SHARED_PARAMETERS.get(step.kernel, step.kernel)}_params"


def _parameter_lines(parameters: dict[str, Parameter]) -> list[str]:
    fields = (
        f".{name} = {value}" if isinstance(value, int) else f".{name} = {{{', '.join(map(str, value))}}}"
        for name, value in parameters.items()
    )
    # Fields are wrapped whole: a no-break space keeps textwrap from splitting inside one.
    joined = " ".join(f"{field},".replace(" ", "\xa0") for field in fields)
    return [
        line.replace("\xa0", " ") for line in textwrap.wrap(joined, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
    ]
