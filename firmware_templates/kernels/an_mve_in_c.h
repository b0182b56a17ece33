/* The functions of an_mve.h in C; what they mean is said there. */
#ifndef AN_MVE_IN_C_H
#define AN_MVE_IN_C_H

#include "an_copy.h"
#include "an_fixed_point.h"

static inline int8_t an_mve_finished(int32_t sum, int32_t multiplier, int32_t shift, const an_mve_product *product)
{
    return (int8_t)an_clamp(an_rescale(sum, multiplier, shift, product->zero_point), product->low, product->high);
}

static inline void an_mve_multiply(const int8_t *const values[3], const int8_t *weights, const an_mve_channels *channels,
                                   int8_t *const outputs[3], const an_mve_product *product)
{
    int32_t place = 0;
    for (int32_t block = 0; block < product->blocks; block++, channels++) {
        place += block == 0 ? 0 : block == product->blocks - 1 ? product->last_block : 4;
        for (int32_t channel = 0; channel < 4; channel++) {
            const int8_t *const filter = weights + (channel / 2) * 32 * product->steps + channel % 2 * 16;
            for (int32_t position = 0; position < 3; position++) {
                int32_t sum = channels->biases[channel];
                for (int32_t k = 0; k < 16 * product->steps; k++) {
                    sum += values[position][k] * filter[k / 16 * 32 + k % 16];
                }
                outputs[position][place + channel] =
                    an_mve_finished(sum, channels->multipliers[channel], channels->shifts[channel], product);
            }
        }
        weights += 64 * product->steps;
    }
}

static inline int8_t *an_mve_copy(int8_t *output, const int8_t *input, int32_t bytes)
{
    return an_copy(output, input, bytes);
}

#endif
