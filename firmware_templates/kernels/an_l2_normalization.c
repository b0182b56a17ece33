#include "an_fixed_point.h"
#include "an_kernels.h"

/* 1 / sqrt(value) = multiplier * 2^(shift - 31), at most 1; returns the multiplier. That of 0 is taken to be 1, too. */
static int32_t inverse_square_root(int32_t value, int32_t *shift)
{
    int32_t right_shift = 11;
    int32_t estimate = 1 << 28;

    *shift = 0;
    if (value <= 1) {
        return INT32_MAX;
    }
    while (value >= 1 << 29) {
        value /= 4;
        right_shift++;
    }
    const int32_t pairs = (an_leading_zeros((uint32_t)value) - 1) / 2 - 1;
    right_shift -= pairs;

    /* Newton-Raphson steps in Q3.28 on the value brought into [1/4, 1). */
    const int32_t half = an_rounding_shift((value << (2 * pairs)) >> 1, 1);
    for (int32_t i = 0; i < 5; i++) {
        const int32_t cube = an_high_multiply(an_high_multiply(estimate, estimate), estimate);
        const int32_t step = an_high_multiply(3 << 27, estimate) - an_high_multiply(half, an_saturating_shift_left(cube, 6));
        estimate = an_saturating_shift_left(step, 3);
    }
    estimate = an_high_multiply(estimate, 1518500250); /* sqrt(1/2) */
    if (right_shift < 0) {
        return estimate << -right_shift;
    }
    *shift = -right_shift;
    return estimate;
}

void an_l2_normalization(const int8_t *input, int8_t *output, const an_l2_normalization_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        int32_t sum = 0, shift;
        for (int32_t i = 0; i < params->size; i++) {
            const int32_t value = input[i] - params->input_zero_point;
            sum += value * value;
        }
        const int32_t multiplier = inverse_square_root(sum, &shift);
        for (int32_t i = 0; i < params->size; i++) {
            const int32_t value = an_requantize(input[i] - params->input_zero_point, multiplier, shift + 7);
            output[i] = (int8_t)an_clamp(value, INT8_MIN, INT8_MAX);
        }
        input += params->size;
        output += params->size;
    }
}
