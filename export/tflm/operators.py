"""What TensorFlow Lite Micro calls its operators: the methods of MicroMutableOpResolver that register them."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InputError

_BUILTINS = """
    Abs Add AddN ArgMax ArgMin AssignVariable AveragePool2D BatchMatMul BatchToSpaceNd BroadcastArgs BroadcastTo CallOnce Cast Ceil
    Concatenation Conv2D Cos CumSum DepthToSpace DepthwiseConv2D Dequantize Div DynamicUpdateSlice Elu EmbeddingLookup Equal Exp
    ExpandDims Fill Floor FloorDiv FloorMod FullyConnected Gather GatherNd Greater GreaterEqual HardSwish If L2Normalization L2Pool2D
    LeakyRelu Less LessEqual Log LogSoftmax LogicalAnd LogicalNot LogicalOr Logistic MaxPool2D Maximum Mean Minimum MirrorPad Mul Neg
    NotEqual Pack Pad PadV2 Prelu Quantize ReadVariable ReduceAll ReduceMax ReduceMin Relu Relu6 Reshape ResizeBilinear
    ResizeNearestNeighbor ReverseV2 Round Rsqrt SelectV2 Shape Sin Slice Softmax SpaceToBatchNd SpaceToDepth Split SplitV Sqrt Square
    SquaredDifference Squeeze StridedSlice Sub Sum Svdf Tanh Transpose TransposeConv UnidirectionalSequenceLSTM Unpack VarHandle While
    ZerosLike
"""
_CUSTOMS = {
    "BasicClassifier": "BasicClassifier",
    "CIRCULAR_BUFFER": "CircularBuffer",
    "TFLM_DECODE": "Decode",
    "SignalDelay": "Delay",
    "TFLite_Detection_PostProcess": "DetectionPostprocess",
    "SignalEnergy": "Energy",
    "ethos-u": "EthosU",
    "SignalFftAutoScale": "FftAutoScale",
    "SignalFilterBank": "FilterBank",
    "SignalFilterBankLog": "FilterBankLog",
    "SignalFilterBankSpectralSubtraction": "FilterBankSpectralSubtraction",
    "SignalFilterBankSquareRoot": "FilterBankSquareRoot",
    "SignalFramer": "Framer",
    "SignalIrfft": "Irfft",
    "SignalOverlapAdd": "OverlapAdd",
    "SignalPCAN": "PCAN",
    "SignalRfft": "Rfft",
    "SignalStacker": "Stacker",
    "SignalWindow": "Window",
}


def _compact(kind: str) -> str:
    return kind.replace("_", "").lower()


# A method is named as the schema names the operator, but for underscores and capitals: CONV_2D, AddConv2D.
_METHODS = {name.lower(): f"Add{name}" for name in _BUILTINS.split()}
_CUSTOM_METHODS = {f"CUSTOM ({code})": f"Add{name}" for code, name in _CUSTOMS.items()}


def registration(kind: str) -> str | None:
    """The resolver's method for an operator kind such as "CONV_2D" or "CUSTOM (SignalRfft)"; None where it has none."""
    return _CUSTOM_METHODS.get(kind) or _METHODS.get(_compact(kind))


def registrations(kinds: Iterable[str], model: str) -> list[str]:
    """The resolver's methods for ``kinds``, each once, in their order.

    Raises:
        InputError: TensorFlow Lite Micro has no such operator.
    """
    methods = {kind: registration(kind) for kind in kinds}
    missing = [kind for kind, method in methods.items() if method is None]
    if missing:
        raise InputError(
            f"{model}: TensorFlow Lite Micro has no operator {', '.join(missing)}.",
            "Replace it in the model by operators that it has: docs/tflm.md.",
        )
    return [method for method in methods.values() if method]


def all_methods() -> list[str]:
    """Every method of the resolver that registers an operator, sorted."""
    return sorted([*_METHODS.values(), *_CUSTOM_METHODS.values()])
