/* The functions of an_dsp.h in C; what they mean is said there. */
#ifndef AN_DSP_IN_C_H
#define AN_DSP_IN_C_H

#include "an_fixed_point.h"

/* sum * multiplier * 2^(-32 - shift) with the reference's two roundings, and the zero point, for |sum| < 2^30. A first rounding to zero
 * of a negative sum changes nothing, so that its sign can be the sum's. */
static inline int32_t an_dsp_scaled(int32_t sum, int32_t multiplier, int32_t shift, int32_t rounding)
{
    const int32_t high = an_high_multiply(sum, multiplier) + (sum < 0 ? -1 : 0);
    return (int32_t)((uint32_t)high + ((uint32_t)rounding << shift)) >> (shift + 1);
}

static inline int32_t an_dsp_saturated(int32_t value)
{
    return an_clamp(value, INT8_MIN, INT8_MAX);
}

static inline void an_dsp_multiply(const int16_t *values, const int16_t *weights, const an_channel *channels, int8_t *output,
                                   const an_dsp_block *block)
{
    for (int32_t position = 0; position < 2 * block->pairs; position++) {
        const int16_t *const value = values + position / 2 * 2 * block->depth + position % 2 * 2;
        for (int32_t channel = 0; channel < 4; channel++) {
            int32_t sum = channels[channel].bias;
            for (int32_t k = 0; k < block->depth; k += 2) {
                sum += value[2 * k] * weights[4 * k + 2 * channel] + value[2 * k + 1] * weights[4 * k + 2 * channel + 1];
            }
            sum = an_dsp_scaled(sum, channels[channel].multiplier, channels[channel].shift, block->rounding);
            sum = an_dsp_saturated(sum);
            output[channel] = (int8_t)(block->clamped ? an_clamp(sum, (int8_t)block->low, (int8_t)block->high) : sum);
        }
        output += block->output_step;
    }
}

static inline int16_t *an_dsp_interleave(const int8_t *first, const int8_t *second, int32_t fours, int16_t *output)
{
    for (; fours > 0; fours--) {
        for (int32_t odd = 0; odd < 2; odd++) {
            *output++ = first[odd];
            *output++ = first[odd + 2];
            *output++ = second[odd];
            *output++ = second[odd + 2];
        }
        first += 4;
        second += 4;
    }
    return output;
}

static inline void an_dsp_widen(const int8_t *packed, int32_t eights, int16_t *output)
{
    for (; eights > 0; eights--) {
        for (int32_t word = 0; word < 2; word++) {
            *output++ = packed[0];
            *output++ = packed[2];
            *output++ = packed[1];
            *output++ = packed[3];
            packed += 4;
        }
    }
}

#endif
