"""What every operator is compiled for: types, kernels, and the limits in words.

The check stage takes the types from here, the lowering may only call the kernels named here, and docs/operators.md is printed from here.
"""

from __future__ import annotations

from dataclasses import dataclass

# Kernel tiers, by what the core must have.
TIERS = ("portable", "thumb", "dsp", "mve")


def tier_of(kernel: str) -> str:
    """The tier of a kernel, which its name tells."""
    return next((tier for tier in TIERS[1:] if kernel.startswith(f"an_{tier}_")), TIERS[0])


# Kernel → the positions of the inputs over which it may write its output, in the same place or before it, where they have as many bytes: it
# reads every byte there before it writes it.
OVERWRITES: dict[str, tuple[int, ...]] = {
    "an_svdf_state": (1,),
    "an_lookup": (0,),
    "an_prelu": (0,),
    **dict.fromkeys(("an_add", "an_sub", "an_mul", "an_squared_difference", "an_minimum", "an_maximum"), (0, 1)),
    **dict.fromkeys((f"an_{tier}_{name}" for tier in TIERS[1:] for name in ("add", "mul")), (0, 1)),
    **dict.fromkeys((f"an_{tier}_attend" for tier in TIERS[1:]), (0,)),
}

ANY_TYPE = ("int8", "uint8", "int32", "int64", "float32")
# What a model takes in and gives out.
BOUNDARY_TYPES = (*ANY_TYPE, "bool")
# What TensorFlow Lite Micro has for operators that move values.
BYTES_AND_FLOATS = ("int8", "float32")
FLOATS = ("float32",)
SLICED = ("int8", "int32", "float32")
PACKED = ("int8", "int32", "int64", "float32")
ARG_SCOPE = "any axis; with int64 results, which TensorFlow Lite Micro lacks, as TensorFlow Lite's reference kernels"
COMPARISON_SCOPE = "broadcasting over up to four axes, constant operands, scales below 1"


@dataclass(frozen=True)
class Coverage:
    """One operator. ``reads`` and ``writes`` are the types of activations; ``kernels`` are empty where only the address changes."""

    kernels: tuple[str, ...]
    scope: str
    reads: tuple[str, ...] = ("int8",)
    writes: tuple[str, ...] = ("int8",)


COVERAGE: dict[str, Coverage] = {
    "CONV_2D": Coverage(
        (
            "an_conv_2d",
            "an_thumb_conv_2d",
            "an_dsp_conv_2d",
            "an_dsp_fully_connected",
            "an_mve_conv_2d",
            "an_mve_fully_connected",
        ),
        "any filter size, stride, dilation, SAME and VALID, groups, with or without bias",
    ),
    "DEPTHWISE_CONV_2D": Coverage(
        ("an_depthwise_conv_2d", "an_thumb_depthwise_3x3", "an_dsp_depthwise_3x3", "an_mve_depthwise_3x3"),
        "as CONV_2D, any depth multiplier",
    ),
    "TRANSPOSE_CONV": Coverage(("an_transpose_conv",), "any filter size and stride, SAME and VALID, with or without bias"),
    "FULLY_CONNECTED": Coverage(
        (
            "an_fully_connected",
            "an_thumb_conv_2d",
            "an_dsp_fully_connected",
            "an_dsp_conv_2d",
            "an_mve_fully_connected",
            "an_mve_conv_2d",
        ),
        "input of any rank, weights per tensor (with any zero point) or per channel",
    ),
    "BATCH_MATMUL": Coverage(("an_batch_matmul",), "rank 2 to 5, broadcasting, adj_x and adj_y, constant operands"),
    "AVERAGE_POOL_2D": Coverage(
        ("an_average_pool_2d", "an_dsp_average_pool_2d", "an_mve_pool_2x2"), "any window and stride, SAME and VALID"
    ),
    "MAX_POOL_2D": Coverage(
        ("an_max_pool_2d", "an_dsp_max_pool_2d", "an_mve_pool_2x2"), "any window and stride, SAME and VALID"
    ),
    "ADD": Coverage(
        ("an_add", "an_thumb_add", "an_dsp_add", "an_mve_add", "an_float_add"),
        "broadcasting, constant operands",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "MUL": Coverage(
        (
            "an_mul",
            "an_thumb_mul",
            "an_dsp_mul",
            "an_mve_mul",
            "an_thumb_attend",
            "an_dsp_attend",
            "an_mve_attend",
            "an_float_mul",
        ),
        "broadcasting, constant operands",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "MEAN": Coverage(("an_sum",), "any axes"),
    "SUM": Coverage(("an_sum",), "any axes"),
    "REDUCE_MAX": Coverage(("an_reduce_max",), "any axes"),
    "REDUCE_MIN": Coverage(("an_reduce_max",), "any axes"),
    "ARG_MAX": Coverage(("an_arg_max",), ARG_SCOPE, writes=("int32", "int64")),
    "ARG_MIN": Coverage(("an_arg_max",), ARG_SCOPE, writes=("int32", "int64")),
    "CUMSUM": Coverage(
        ("an_cumsum",), "any axis of up to 15 values, exclusive and reverse; longer ones overflow in the reference"
    ),
    "ADD_N": Coverage(("an_add_n",), "up to 15 operands of one shape and scale; more of them overflow in the reference"),
    "SUB": Coverage(("an_sub", "an_float_sub"), "broadcasting, constant operands", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "SQUARED_DIFFERENCE": Coverage(
        ("an_squared_difference", "an_float_squared_difference"),
        "broadcasting over up to four axes, constant operands",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "PRELU": Coverage(
        ("an_prelu", "an_float_prelu"),
        "rank 0 to 4; alpha per tensor, per channel or any shape that broadcasts",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "MINIMUM": Coverage(
        ("an_minimum", "an_float_minimum"),
        "broadcasting, constant operands; compares values as stored",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "MAXIMUM": Coverage(
        ("an_maximum", "an_float_maximum"),
        "broadcasting, constant operands; compares values as stored",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "GREATER": Coverage(("an_greater",), COMPARISON_SCOPE, writes=("bool",)),
    "GREATER_EQUAL": Coverage(("an_greater_equal",), COMPARISON_SCOPE, writes=("bool",)),
    "LESS": Coverage(("an_greater",), COMPARISON_SCOPE, writes=("bool",)),
    "LESS_EQUAL": Coverage(("an_greater_equal",), COMPARISON_SCOPE, writes=("bool",)),
    "EQUAL": Coverage(("an_equal",), COMPARISON_SCOPE, ("int8", "bool"), ("bool",)),
    "NOT_EQUAL": Coverage(("an_not_equal",), COMPARISON_SCOPE, ("int8", "bool"), ("bool",)),
    "LOGICAL_AND": Coverage(("an_minimum",), "broadcasting over up to four axes", ("bool",), ("bool",)),
    "LOGICAL_OR": Coverage(("an_maximum",), "broadcasting over up to four axes", ("bool",), ("bool",)),
    "LOGICAL_NOT": Coverage(("an_lookup",), "a table of 256 entries", ("bool",), ("bool",)),
    "SELECT_V2": Coverage(
        ("an_select",),
        "broadcasting over up to four axes; a bool condition; selects values as stored",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "CAST": Coverage(
        ("an_lookup", "an_lookup_32"),
        "a table of 256 entries; stored values, whatever their scale",
        ("int8", "bool"),
        ("int8", "bool", "int32", "float32"),
    ),
    "DIV": Coverage(("an_float_div",), "broadcasting, constant operands", FLOATS, FLOATS),
    "NEG": Coverage(("an_float_neg",), "of floats between DEQUANTIZE and QUANTIZE, or at the ends of a model", FLOATS, FLOATS),
    "SQUARE": Coverage(
        ("an_float_square",), "of floats between DEQUANTIZE and QUANTIZE, or at the ends of a model", FLOATS, FLOATS
    ),
    "FLOOR": Coverage(
        ("an_float_floor",), "of floats between DEQUANTIZE and QUANTIZE, or at the ends of a model", FLOATS, FLOATS
    ),
    "CEIL": Coverage(
        ("an_float_ceil",), "of floats between DEQUANTIZE and QUANTIZE, or at the ends of a model", FLOATS, FLOATS
    ),
    "ROUND": Coverage(
        ("an_float_round",), "of floats between DEQUANTIZE and QUANTIZE, or at the ends of a model", FLOATS, FLOATS
    ),
    "SQRT": Coverage(
        ("an_float_sqrt",), "of floats between DEQUANTIZE and QUANTIZE, or at the ends of a model", FLOATS, FLOATS
    ),
    "LOGISTIC": Coverage(("an_lookup",), "a table of 256 entries"),
    "RELU": Coverage(("an_lookup", "an_float_relu"), "a table of 256 entries", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "RELU6": Coverage(("an_lookup", "an_float_relu6"), "a table of 256 entries", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "RELU_N1_TO_1": Coverage(("an_lookup",), "a table of 256 entries, as in TensorFlow Lite; TensorFlow Lite Micro lacks it"),
    "RELU_0_TO_1": Coverage(("an_lookup",), "a table of 256 entries, as in TensorFlow Lite; TensorFlow Lite Micro lacks it"),
    "TANH": Coverage(("an_lookup",), "a table of 256 entries"),
    "HARD_SWISH": Coverage(("an_lookup", "an_float_hard_swish"), "a table of 256 entries", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "LEAKY_RELU": Coverage(
        ("an_lookup", "an_float_leaky_relu"), "a table of 256 entries, any alpha", BYTES_AND_FLOATS, BYTES_AND_FLOATS
    ),
    "ELU": Coverage(("an_lookup",), "a table of 256 entries"),
    "ABS": Coverage(("an_lookup", "an_float_abs"), "a table of 256 entries", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "RSQRT": Coverage(
        ("an_lookup", "an_float_rsqrt"),
        "a table of 256 entries, inputs that cannot be negative",
        BYTES_AND_FLOATS,
        BYTES_AND_FLOATS,
    ),
    "QUANTIZE": Coverage(
        ("an_lookup", "an_quantize"),
        "8 bits to 8 bits by a table; float32 to int8 where a model takes float input",
        ("int8", "uint8", "float32"),
        ("int8", "uint8"),
    ),
    "DEQUANTIZE": Coverage(("an_lookup_32",), "a table of 256 floats", ("int8", "uint8"), ("float32",)),
    "RESIZE_NEAREST_NEIGHBOR": Coverage(("an_resize_nearest_neighbor",), "any sizes, align_corners and half_pixel_centers"),
    "RESIZE_BILINEAR": Coverage(("an_resize_bilinear",), "any sizes, align_corners or half_pixel_centers"),
    "PAD": Coverage(("an_pad",), "constant widths over up to four axes"),
    "PADV2": Coverage(("an_pad",), "constant widths and value over up to four axes"),
    "RESHAPE": Coverage((), "no call: the same bytes under a new shape", ANY_TYPE, ANY_TYPE),
    "CONCATENATION": Coverage(("an_copy_blocks",), "any axis, any number of inputs", ANY_TYPE, ANY_TYPE),
    "SQUEEZE": Coverage((), "no call: the same bytes under a new shape", ANY_TYPE, ANY_TYPE),
    "EXPAND_DIMS": Coverage((), "no call: the same bytes under a new shape", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "PACK": Coverage(("an_copy_blocks",), "any axis, any number of inputs", PACKED, PACKED),
    "UNPACK": Coverage(("an_move",), "any axis", SLICED, SLICED),
    "SPLIT": Coverage(("an_move",), "any axis", SLICED, SLICED),
    "SPLIT_V": Coverage(("an_move",), "any axis, any sizes", SLICED, SLICED),
    "SLICE": Coverage(("an_move",), "constant begin and size, up to five axes", SLICED, SLICED),
    "STRIDED_SLICE": Coverage(
        ("an_move",),
        "constant begin, end and strides of either sign over up to four axes; masks for begin, end and shrunk axes",
        SLICED,
        SLICED,
    ),
    "GATHER": Coverage(("an_gather",), "constant indices, any axis, batch axes", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "TRANSPOSE": Coverage(("an_move",), "up to five axes", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "REVERSE_V2": Coverage(("an_move",), "neighbouring axes", ANY_TYPE, ANY_TYPE),
    "BROADCAST_TO": Coverage(("an_move",), "up to five axes", ANY_TYPE, ANY_TYPE),
    "SPACE_TO_DEPTH": Coverage(("an_move",), "any block size", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "DEPTH_TO_SPACE": Coverage(("an_move",), "any block size", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "SPACE_TO_BATCH_ND": Coverage(
        ("an_space_to_batch",),
        "one or two axes of blocks; padded with the zero point as TensorFlow Lite does, where Micro pads with what memory holds",
    ),
    "BATCH_TO_SPACE_ND": Coverage(("an_gather",), "one or two axes of blocks, any crops", BYTES_AND_FLOATS, BYTES_AND_FLOATS),
    "MIRROR_PAD": Coverage(
        ("an_gather",), "REFLECT and SYMMETRIC, constant widths over up to four axes", BYTES_AND_FLOATS, BYTES_AND_FLOATS
    ),
    "FILL": Coverage((), "constant sizes and value: becomes a constant", SLICED, SLICED),
    "ZEROS_LIKE": Coverage((), "becomes a constant", PACKED, PACKED),
    "SOFTMAX": Coverage(("an_softmax",), "over the last axis, fewer than 4096 classes"),
    "LOG_SOFTMAX": Coverage(("an_log_softmax",), "over the last axis, fewer than 4096 classes"),
    "L2_NORMALIZATION": Coverage(("an_l2_normalization",), "over the last axis of rank 1 to 4"),
    "SVDF": Coverage(
        ("an_svdf_state", "an_svdf"),
        "any rank; time weights and state both int8 or both int16, symmetric; as in the reference, a fused activation does nothing",
    ),
    "CALL_ONCE": Coverage((), "a subgraph that assigns constants to variables, before anything reads them", (), ()),
    "VAR_HANDLE": Coverage((), "no call: the variable is at a fixed address", (), ()),
    "READ_VARIABLE": Coverage((), "no call: the same bytes under a new shape", ANY_TYPE, ANY_TYPE),
    "ASSIGN_VARIABLE": Coverage(
        ("an_copy_blocks",), "without a call where the value can be computed in place", ANY_TYPE, ANY_TYPE
    ),
}

# Operators that only optimization makes: no file holds them.
INTERNAL = {"LOOKUP": Coverage(("an_lookup",), "a table of 256 entries, for a run of operators of one value")}
