"""A hand-written model of two layers as a firmware project: what the compile and run stages need, and no more."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from export.boards import Board
from export.compile.firmware import Firmware
from export.plan.banks import Banks
from export.plan.plan import Quantized
from export.render import harness

BuildToy = Callable[..., Firmware]

NAME = "toy"
INPUT_BYTES = 16
OUTPUT_BYTES = 8
LAYERS = ("toy_scale", "toy_fold")

HEADER = """\
#ifndef TOY_H
#define TOY_H
#include <stdint.h>
void toy_run(const int8_t *input, int8_t *output);
#endif
"""

KERNEL_HEADER = """\
#ifndef AN_KERNELS_H
#define AN_KERNELS_H
#include <stddef.h>
#include <stdint.h>
int8_t an_saturate(int32_t value);
#endif
"""

KERNEL = """\
#include "an_kernels.h"

int8_t an_saturate(int32_t value) {
    return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}
"""

MODEL = """\
#include "toy.h"

#include <string.h>

#include "an_kernels.h"

#ifdef AN_TRACE
void an_trace(int layer, const int8_t *data, size_t bytes);
#define AN_LAYER_DONE(layer, data, bytes) an_trace(layer, data, bytes)
#else
#define AN_LAYER_DONE(layer, data, bytes)
#endif

static const int8_t toy_weights[16] = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16};
__attribute__((section(".arena"), aligned(16))) static int8_t toy_arena[$arena];
static const int8_t *toy_input;
static int8_t *toy_output;

static __attribute__((noinline)) void toy_scale(void) {
    int8_t copy[16];
    memcpy(copy, toy_input, sizeof copy);
    for (int i = 0; i < 16; i++) {
        toy_arena[i] = an_saturate((copy[i] * toy_weights[i]) / 4);
    }
    $scale_extra
}

static __attribute__((noinline)) void toy_fold(void) {
    for (int i = 0; i < 8; i++) {
        toy_output[i] = an_saturate(toy_arena[i] - toy_arena[15 - i]);
    }
    $fold_extra
}

void toy_run(const int8_t *input, int8_t *output) {
    toy_input = input;
    toy_output = output;
    toy_scale();
    AN_LAYER_DONE(0, toy_arena, 16);
    toy_fold();
    AN_LAYER_DONE(1, output, 8);
}
"""


def reference(payload: bytes) -> tuple[list[int], list[int]]:
    """What the two layers compute: 16 and 8 int8 values."""

    def saturate(value: int) -> int:
        return max(-128, min(127, value))

    inputs = [byte - 256 if byte > 127 else byte for byte in payload]
    weights = [(i + 1) * (-1) ** i for i in range(16)]
    scaled = [saturate(int(value * weight / 4)) for value, weight in zip(inputs, weights, strict=True)]
    return scaled, [saturate(scaled[i] - scaled[15 - i]) for i in range(8)]


@dataclass(frozen=True)
class _Toy:
    """What the harness needs to know."""

    board: Board
    name: str = NAME
    hash: str = "0123abcd"
    inputs: tuple[Quantized, ...] = (Quantized("input", (INPUT_BYTES,), "int8", 1.0, 0, INPUT_BYTES),)
    outputs: tuple[Quantized, ...] = (Quantized("output", (OUTPUT_BYTES,), "int8", 1.0, 0, OUTPUT_BYTES),)
    stateful: bool = False
    row_bytes: int = 0

    @property
    def banks(self) -> Banks:
        return Banks(self.board.ram[0].name, self.board.ram[0].name)


def make_project(directory: Path, board: Board, arena: int = 16, scale_extra: str = "", fold_extra: str = "") -> Path:
    """Writes the project; the extras are C statements at the end of a layer."""
    model = Template(MODEL).substitute(arena=arena, scale_extra=scale_extra, fold_extra=fold_extra)
    texts = {
        "model/toy.c": model,
        "model/toy.h": HEADER,
        "kernels/an_kernels.c": KERNEL,
        "kernels/an_kernels.h": KERNEL_HEADER,
    }
    texts |= harness(_Toy(board), texts)
    for path, text in texts.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    return directory
