/* The reciprocal that the normalizing kernels share. */
#ifndef AN_RECIPROCAL_H
#define AN_RECIPROCAL_H

#include "an_fixed_point.h"

/* 1 / (1 + x) for x in [0, 1], Q0.31: three Newton-Raphson steps on half the denominator, in Q2.29. */
static inline int32_t an_reciprocal_of_one_plus(int32_t x)
{
    const int32_t half_denominator = (int32_t)(((int64_t)x + INT32_MAX + 1) >> 1);
    int32_t estimate = 1515870810 + an_high_multiply(half_denominator, -1010580540); /* 48/17 - 32/17 d */
    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = (1 << 29) - an_high_multiply(half_denominator, estimate);
        estimate += an_saturating_shift_left(an_high_multiply(estimate, error), 2);
    }
    return an_saturating_shift_left(estimate, 1);
}

#endif
