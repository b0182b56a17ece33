"""PAD, PADV2, MIRROR_PAD, RESHAPE, SQUEEZE, EXPAND_DIMS, CONCATENATION and PACK. Widths and shapes are tensors, not options."""

from typing import Any

import tflite

from ..graph import ConcatenationOptions, MirrorPadOptions, SqueezeOptions, StackOptions
from .flatbuffer import ACTIVATION_NAMES, MAXIMUM_RANK, MIRROR_NAMES, DamagedError, named, options_of


def concatenation(operator: Any) -> ConcatenationOptions:
    options = options_of(operator, tflite.ConcatenationOptions)
    return ConcatenationOptions(
        axis=options.Axis(), activation=named(ACTIVATION_NAMES, options.FusedActivationFunction(), "activation")
    )


def pack(operator: Any) -> StackOptions:
    options = options_of(operator, tflite.PackOptions)
    return StackOptions(axis=options.Axis(), count=options.ValuesCount())


def squeeze(operator: Any) -> SqueezeOptions:
    options = options_of(operator, tflite.SqueezeOptions)
    if options.SqueezeDimsLength() > MAXIMUM_RANK:
        raise DamagedError(f"a SQUEEZE names {options.SqueezeDimsLength()} axes")
    return SqueezeOptions(axes=tuple(options.SqueezeDims(i) for i in range(options.SqueezeDimsLength())))


def mirror_pad(operator: Any) -> MirrorPadOptions:
    options = options_of(operator, tflite.MirrorPadOptions)
    return MirrorPadOptions(mode=named(MIRROR_NAMES, options.Mode(), "padding mode"))
