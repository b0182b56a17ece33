/* The quotient of two floats, rounded to nearest, in integers: soft-float libraries do not round quotients below 2^-126 alike. */
#ifndef AN_QUOTIENT_H
#define AN_QUOTIENT_H

#include "an_float.h"

/* The bits of the absolute quotient of two numbers other than 0. */
static inline uint32_t an_quotient_bits(an_float_parts first, an_float_parts second)
{
    int32_t biased = first.exponent - second.exponent + 127;
    uint32_t rest = first.significand, quotient = 0;
    if (rest < second.significand) {
        rest <<= 1;
        biased--;
    }
    /* As many digits as a float has, and one more. */
    for (int32_t digit = 0; digit < 25; digit++) {
        quotient <<= 1;
        if (rest >= second.significand) {
            rest -= second.significand;
            quotient |= 1u;
        }
        rest <<= 1;
    }
    if (biased > 254) {
        return 0x7F800000u;
    }
    for (; biased < 1; biased++) {
        rest |= quotient & 1u;
        quotient >>= 1;
    }
    const uint32_t up = (quotient & 1u) != 0 && (rest != 0 || (quotient & 2u) != 0);
    /* A leading one, and one that rounding up carries there, count up the exponent. */
    return ((uint32_t)(biased - 1) << 23) + (quotient >> 1) + up;
}

static inline float an_quotient(float first, float second)
{
    const an_float a = {.value = first}, b = {.value = second};
    const uint32_t infinity = 0x7F800000u, first_size = a.word & 0x7FFFFFFFu, second_size = b.word & 0x7FFFFFFFu;
    an_float result = {.word = 0xFFC00000u};
    if (first_size > infinity || second_size > infinity || (first_size == second_size && (first_size == 0 || first_size == infinity))) {
        return result.value;
    }
    if (first_size == infinity || second_size == 0) {
        result.word = infinity;
    } else if (first_size == 0 || second_size == infinity) {
        result.word = 0;
    } else {
        result.word = an_quotient_bits(an_float_parts_of(first), an_float_parts_of(second));
    }
    result.word |= (a.word ^ b.word) & 0x80000000u;
    return result.value;
}

#endif
