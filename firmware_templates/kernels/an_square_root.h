/* The square root of a float, rounded to nearest, in integers: no core needs a floating-point unit or a C library for it. */
#ifndef AN_SQUARE_ROOT_H
#define AN_SQUARE_ROOT_H

#include "an_float.h"

static inline float an_square_root(float value)
{
    an_float item;
    item.value = value;
    if (!(value > 0.0f)) {
        item.word = 0xFFC00000u;
        return value == 0.0f ? value : item.value;
    }
    if (item.word == 0x7F800000u) {
        return value;
    }
    an_float_parts parts = an_float_parts_of(value);
    if (parts.exponent % 2 != 0) {
        parts.significand <<= 1;
        parts.exponent -= 1;
    }
    /* Digit by digit, two bits of the significand times 2^25 for one of the root, which gets 25: one more than a float has. */
    uint32_t root = 0, rest = 0;
    for (int32_t shift = 23; shift >= -25; shift -= 2) {
        const uint32_t digits = shift >= 0 ? parts.significand >> shift : shift == -1 ? parts.significand << 1 : 0;
        const uint32_t trial = root << 2 | 1u;
        rest = rest << 2 | (digits & 3u);
        root <<= 1;
        if (rest >= trial) {
            rest -= trial;
            root |= 1u;
        }
    }
    /* The last bit decides alone: a root never lies halfway between two floats. */
    item.word = ((uint32_t)(parts.exponent / 2 + 126) << 23) + (root >> 1) + (root & 1u);
    return item.value;
}

#endif
