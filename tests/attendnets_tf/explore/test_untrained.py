"""Untrained graphs cost what the converted networks cost: shipped ones, and small ones of every form through the whole pipeline."""

from collections import Counter
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

import attendnets_tf
from attendnets_tf.explore.untrained import untrained_graph
from attendnets_tf.specification import (
    BLOCKS,
    EMBEDDINGS,
    Attention,
    Input,
    Specification,
    Stage,
    Stem,
    load_specification,
)
from export.boards import default_board
from export.build import compile_plan
from export.graph import Graph
from export.plan import Plan
from export.read import read_bytes

PRETRAINED = Path(attendnets_tf.__file__).parent / "pretrained"
TARGETS = ("cortex-m4", "cortex-m55")
ATTENTIONS = (
    Attention("mul_residual", "sigmoid"),
    Attention("mul_residual", "relu6"),
    Attention("mul", "sigmoid"),
    Attention("mul", "relu6"),
    Attention("scale_add", None),
)
SMALL = [
    Specification(
        "residual_relu6",
        Input(16, 16, 1),
        3,
        Stem(4, 2),
        (Stage(6, 2, 1, 2, expansion=1.5), Stage(8, 1, 2, None, "convolution")),
        Attention("mul_residual", "relu6"),
    ),
    Specification(
        "mul_sigmoid",
        Input(16, 16, 3),
        3,
        Stem(8, 1),
        (Stage(8, 2, 2, 4, expansion=2, embedding="convolution"), Stage(12, 2, 1, 4, "convolution", embedding="depthwise")),
        Attention("mul", "sigmoid"),
    ),
    Specification(
        "mul_relu6",
        Input(12, 12, 3),
        2,
        Stem(8, 1),
        (Stage(8, 3, 1, 4, embedding="convolution"), Stage(10, 2, 2, 1)),
        Attention("mul", "relu6"),
    ),
    Specification(
        "scale_add",
        Input(16, 24, 3),
        5,
        Stem(8, 1),
        (Stage(8, 3, 1, 4, "convolution"), Stage(16, 2, 2, 4, expansion=0.5, embedding="depthwise")),
        Attention("scale_add", None),
    ),
]


def _same_operators(graph: Graph, real: Graph) -> None:
    """Everything but values, and the numbers of tensors; the converter lets equal constants be one tensor, so their names may be others'."""
    assert (graph.name, len(graph.operators)) == (real.name, len(real.operators))
    for ours, theirs in zip(graph.operators, real.operators, strict=True):
        assert (ours.kind, ours.name, ours.options) == (theirs.kind, theirs.name, theirs.options)
        tensors = [graph.tensors[index] for index in (*ours.inputs, *ours.outputs) if index is not None]
        others = [real.tensors[index] for index in (*theirs.inputs, *theirs.outputs) if index is not None]
        for tensor, other in zip(tensors, others, strict=True):
            assert (tensor.shape, tensor.dtype) == (other.shape, other.dtype), tensor.name
            assert tensor.data is not None or tensor.name == other.name
            if tensor.data is not None:
                assert other.data is not None and tensor.data.dtype == other.data.dtype
            if tensor.quantization is None or other.quantization is None:
                assert tensor.quantization is other.quantization
            else:
                assert tensor.quantization.scale.shape == other.quantization.scale.shape
                assert tensor.quantization.axis == other.quantization.axis
        if ours.kind in ("LOGISTIC", "SOFTMAX") or (
            ours.options and getattr(ours.options, "activation", "").startswith("RELU")
        ):
            assert graph.output_of(ours).zero_point == real.output_of(theirs).zero_point == -128


def _same_plan(plan: Plan, real: Plan) -> None:
    ours = [(step.layer, step.operator, step.kernel, step.shapes, step.macs) for step in plan.steps]
    assert ours == [(step.layer, step.operator, step.kernel, step.shapes, step.macs) for step in real.steps]
    assert plan.macs == real.macs
    assert (plan.whole_arena_bytes, plan.scratch_bytes) == (real.whole_arena_bytes, real.scratch_bytes)
    assert len(plan.segments) == len(real.segments)
    # Exponentials that round to 0 are not in the softmax's table. How many do hangs on the scale of the logits; the untrained graph's
    # table has all.
    table = "head_softmax_exponentials"
    sizes, others = ({c.name: c.bytes for c in p.constants} for p in (plan, real))
    assert sizes.pop(table) == 1024 >= others.pop(table)
    assert sizes == others


def _compared(specification: Specification, content: bytes) -> None:
    graph, real = untrained_graph(specification), read_bytes(content, "real.tflite", specification.name)
    _same_operators(graph, real)
    for target in TARGETS:
        _same_plan(*(compile_plan(g, default_board(target), (), "") for g in (graph, real)))


@pytest.mark.parametrize(
    ("name", "file"), [("attendnet_nano", "attendnet_nano_cifar10.tflite"), ("attendnet_digits", "attendnet_digits.tflite")]
)
def test_shipped_networks_have_the_plans_of_their_untrained_graphs(name: str, file: str) -> None:
    specification = load_specification(name)
    assert isinstance(specification, Specification)
    _compared(specification, (PRETRAINED / file).read_bytes())


@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
@pytest.mark.parametrize("specification", SMALL, ids=lambda s: s.name)
def test_converted_networks_of_all_forms_have_the_plans_of_their_untrained_graphs(specification: Specification) -> None:
    _compared(specification, _converted(specification))


def _converted(specification: Specification) -> bytes:
    """The int8 file of an untrained network after what even the shortest training does to what matters here: statistics that normalize, and
    scales of condensers that are neither 1 nor equal."""
    from attendnets_tf.conversion import convert
    from attendnets_tf.distribution import strategy_for
    from attendnets_tf.model import AttendNet
    from attendnets_tf.quantization import calibrate, quantization_aware
    from attendnets_tf.runtime import seed_everything, tf

    seed_everything(1)
    model, random, size = AttendNet(specification), np.random.default_rng(1), specification.input
    for layer in model.layers:
        if layer.name.endswith("condenser/scale"):
            layer.depthwise_kernel.assign(layer.depthwise_kernel * random.uniform(0.8, 1.2))
    images = random.uniform(-1, 1, (8, 8, size.height, size.width, size.channels)) * np.linspace(0.5, 1, 8).reshape(
        8, 1, 1, 1, 1
    )
    batches = [tf.constant(batch, tf.float32) for batch in images]
    step = tf.function(lambda batch: model(batch, training=True))
    for _ in range(10):
        for batch in batches:
            step(batch)
    quantized = quantization_aware(model)
    calibrate(quantized, batches, strategy_for("none"))
    return convert(quantized)


@pytest.mark.parametrize(("attention", "block", "embedding"), list(product(ATTENTIONS, BLOCKS, EMBEDDINGS)))
def test_every_form_compiles_and_nothing_of_it_is_dropped(attention: Attention, block: str, embedding: str) -> None:
    stages = (Stage(6, 2, 1, 3, block, embedding=embedding), Stage(12, 2, 2, 1, block, embedding=embedding))
    graph = untrained_graph(Specification("small", Input(8, 12, 1), 2, Stem(2, 1), stages, attention))
    for target in TARGETS:
        steps = compile_plan(graph, default_board(target), (), "").steps
        assert sum(step.macs for step in steps) == _macs(graph)
        # Every condenser's scale is a table, alone or with its sigmoid.
        assert Counter(step.operator for step in steps)["LOOKUP"] == 2


def _macs(graph: Graph) -> int:
    """Of all convolutions but the condensers' scales."""
    convolutions = [operator for operator in graph.operators if "CONV_2D" in operator.kind and "scale" not in operator.name]
    return sum(
        graph.output_of(operator).elements * graph.input_of(operator, 1).elements // graph.output_of(operator).shape[-1]
        for operator in convolutions
    )


def test_equal_specifications_give_equal_graphs_quickly() -> None:
    specification = load_specification("attendnet_nano")
    assert isinstance(specification, Specification)
    start = perf_counter()
    graphs = [untrained_graph(specification) for _ in range(10)]
    assert perf_counter() - start < 1  # a tenth of it where nothing else runs
    for tensor, other in zip(graphs[0].tensors, graphs[1].tensors, strict=True):
        assert (tensor.name, tensor.data is None) == (other.name, other.data is None)
        assert np.array_equal(tensor.data, other.data) if tensor.data is not None and other.data is not None else True


def test_no_weight_is_zero() -> None:
    specification = load_specification("attendnet_digits")
    assert isinstance(specification, Specification)
    weights = [tensor.data for tensor in untrained_graph(specification).tensors if tensor.name.endswith("/weights")]
    assert all(data is not None and data.all() and data.min() >= -127 for data in weights)
