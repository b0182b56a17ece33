"""The operators that a model needs, by the names under which TensorFlow Lite Micro registers them."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from ai_edge_litert import schema_py_generated as schema

from attendnets_tf.pretrained import bundled_model
from export.errors import InputError
from export.read import operator_kinds
from export.tflm.operators import all_methods, registration, registrations
from tests.support.graphs import chain
from tests.support.model_builder import ModelBuilder

KINDS = [name for name in vars(schema.BuiltinOperator) if not name.startswith("_")]


def test_every_builtin_of_the_library_is_known() -> None:
    """Against the symbols of the installed library: nothing it registers is missing here, and nothing is here that it lacks."""
    spec = find_spec("tflite_micro")
    if spec is None or spec.origin is None:
        pytest.skip("the tflite-micro package is not installed")
    binary = (Path(spec.origin).parent / "python" / "tflite_micro" / "_runtime.so").read_bytes()
    registered = {name.decode() for name in re.findall(rb"micro\d+Register_([A-Z0-9_]+)Ev\b", binary)}
    assert len(registered) > 100
    ours = {kind for kind in KINDS if registration(kind)}
    # L2NORM_REF is a part of L2_NORMALIZATION; the others are registered by a custom name, as the signal operators are.
    custom = {"L2NORM_REF", "BASIC_CLASSIFIER", "CIRCULAR_BUFFER", "DECODE", "DETECTION_POSTPROCESS", "ETHOSU"}
    assert ours == {name for name in registered if name not in custom}
    for code in (
        "BasicClassifier",
        "CIRCULAR_BUFFER",
        "TFLM_DECODE",
        "TFLite_Detection_PostProcess",
        "SignalRfft",
        "SignalPCAN",
    ):
        assert registration(f"CUSTOM ({code})") and code.encode() in binary


def test_every_method_belongs_to_one_operator() -> None:
    found = [registration(kind) for kind in KINDS if registration(kind)]
    assert len(found) == len(set(found))
    assert set(found) < set(all_methods()) and len(set(all_methods()) - set(found)) == 19


@pytest.mark.parametrize(
    ("kind", "method"),
    [("CONV_2D", "AddConv2D"), ("PADV2", "AddPadV2"), ("CUMSUM", "AddCumSum"), ("L2_POOL_2D", "AddL2Pool2D"), ("SVDF", "AddSvdf"),
     ("UNIDIRECTIONAL_SEQUENCE_LSTM", "AddUnidirectionalSequenceLSTM"), ("BATCH_MATMUL", "AddBatchMatMul"),
     ("CUSTOM (SignalFilterBankLog)", "AddFilterBankLog"), ("CUSTOM (relu)", None), ("LSTM", None), ("CUSTOM", None)],
)  # fmt: skip
def test_names(kind: str, method: str | None) -> None:
    assert registration(kind) == method


def test_the_bundled_model() -> None:
    kinds = operator_kinds(bundled_model().read_bytes(), "model")
    assert registrations(kinds, "model") == [
        "AddConv2D", "AddDepthwiseConv2D", "AddAveragePool2D", "AddAdd", "AddMaxPool2D", "AddLogistic", "AddResizeNearestNeighbor",
        "AddMul", "AddReshape", "AddSoftmax",
    ]  # fmt: skip


def test_kinds_are_counted_in_the_order_of_their_first_use() -> None:
    kinds = operator_kinds(chain("TANH", "RELU", "ELU", "RELU"), "model")
    assert list(kinds.items()) == [("TANH", 1), ("RELU", 2), ("ELU", 1)]
    assert registrations(kinds, "model") == ["AddTanh", "AddRelu", "AddElu"]


def test_operators_of_branches_count() -> None:
    builder = ModelBuilder()
    source, output = builder.tensor((1, 8), 0.1, 0), builder.tensor((1, 8), 0.1, 0)
    builder.operator("RELU", [source], output)
    branch = ModelBuilder()
    branch.model = builder.model
    branch.operator("TANH", [branch.tensor((1, 8), 0.1, 0)], branch.tensor((1, 8), 0.1, 0))
    branch.graph.inputs, branch.graph.outputs = [0], [1]
    builder.model.subgraphs.append(branch.graph)
    assert operator_kinds(builder.build([source], [output]), "model") == {"RELU": 1, "TANH": 1}


def test_an_operator_that_the_library_lacks_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="model: TensorFlow Lite Micro has no operator LSH_PROJECTION, TILE"):
        registrations(operator_kinds(chain("LSH_PROJECTION", "RELU", "TILE"), "model"), "model")


def test_a_damaged_model_is_refused() -> None:
    content = chain("RELU")
    with pytest.raises(InputError, match="damaged"):
        operator_kinds(content[: len(content) // 3], "model")
