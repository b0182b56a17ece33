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

static inline void an_dsp_multiply(const int16_t *values, const int16_t *weights, const an_dsp_channels *channels, int8_t *output,
                                   const an_dsp_block *block)
{
    for (int32_t position = 0; position < 2 * block->pairs; position++) {
        const int16_t *const value = values + position / 2 * 2 * block->depth + position % 2 * 2;
        for (int32_t channel = 0; channel < 4; channel++) {
            int32_t sum = channels->biases[channel];
            for (int32_t k = 0; k < block->depth; k += 2) {
                sum += value[2 * k] * weights[4 * k + 2 * channel] + value[2 * k + 1] * weights[4 * k + 2 * channel + 1];
            }
            sum = an_dsp_scaled(sum, channels->factors[channel].multiplier, channels->factors[channel].shift, block->rounding);
            sum = an_dsp_saturated(sum);
            output[channel] = (int8_t)(block->clamped ? an_clamp(sum, (int8_t)block->low, (int8_t)block->high) : sum);
        }
        output += block->output_step;
    }
}

static inline int16_t *an_dsp_interleave(const int8_t *first, const int8_t *second, int16_t *output, const an_dsp_runs *runs)
{
    for (int32_t row = runs->rows; row > 0; row--) {
        for (int32_t k = 0; k < 4 * runs->fours; k += 4) {
            for (int32_t odd = 0; odd < 2; odd++) {
                *output++ = first[k + odd];
                *output++ = first[k + odd + 2];
                *output++ = second[k + odd];
                *output++ = second[k + odd + 2];
            }
        }
        first += runs->row_step;
        second += runs->row_step;
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

static inline int32_t an_dsp_fold(const int8_t *values, int32_t eights, int16_t *output)
{
    int32_t sum = 0;
    for (int32_t fours = 2 * eights; fours > 0; fours--, values += 4, output += 4) {
        sum += 128 * (values[0] + values[2]);
        for (int32_t i = 0; i < 2; i++) {
            const int32_t odd = values[2 * i + 1] - 127;
            output[i] = (int16_t)(256 * values[2 * i] - odd);
            output[2 + i] = (int16_t)odd;
        }
    }
    return sum;
}

static inline void an_dsp_multiply_row(const int16_t *values, const int8_t *weights, const an_dsp_channels *channels, int8_t *output,
                                       const an_dsp_row *row)
{
    for (int32_t block = 0; block < row->blocks; block++, channels++, weights += 32 * row->eights) {
        for (int32_t channel = 0; channel < 4; channel++) {
            uint32_t total = (uint32_t)channels->biases[channel] - (uint32_t)row->offset, sum = 0;
            for (int32_t four = 0; four < 2 * row->eights; four++) {
                const int8_t *const weight = weights + 16 * four + 4 * channel;
                for (int32_t i = 0; i < 2; i++) {
                    const int32_t low = (uint8_t)weight[2 * i], both = 256 * weight[2 * i + 1] + low;
                    sum += (uint32_t)(both * values[4 * four + 2 + i]) + (uint32_t)(low * values[4 * four + i]);
                }
                if (four % (2 * AN_DSP_SEGMENT) == 2 * AN_DSP_SEGMENT - 1) {
                    total += (uint32_t)((int32_t)sum >> 8);
                    sum = 0;
                }
            }
            total += (uint32_t)((int32_t)sum >> 8);
            const int32_t result = an_dsp_saturated(
                an_dsp_scaled((int32_t)total, channels->factors[channel].multiplier, channels->factors[channel].shift, row->rounding));
            *output++ = (int8_t)(row->clamped ? an_clamp(result, (int8_t)row->low, (int8_t)row->high) : result);
        }
    }
}

static inline void an_dsp_gather(const int8_t *input, int16_t *first, const an_dsp_gathering *what)
{
    for (int32_t line = 0; line < what->lines; line++) {
        for (int32_t i = 0; i < what->count; i++) {
            for (int32_t channel = 0; channel < 4; channel++) {
                first[line * AN_DSP_LINE + i + channel * (what->plane_bytes / 2)] = input[i * what->step + channel];
            }
        }
        input += what->line_step;
    }
}

static inline void an_dsp_slide(const int16_t *plane, int8_t *output, const int8_t *weights, const an_channel *channel,
                                const an_dsp_sliding *where, int32_t by)
{
    for (int32_t line = 0; line < where->lines; line++) {
        const int16_t *window = plane + AN_DSP_LINE - 2 - by * where->outputs;
        int8_t *result = output;
        for (int32_t i = 0; i < where->outputs; i++) {
            int32_t sum = channel->bias;
            for (int32_t row = 0; row < 3; row++) {
                const int16_t *const value = window + row * AN_DSP_LINE;
                sum += value[0] * weights[4 * row] + value[1] * weights[4 * row + 1] + value[2] * weights[4 * row + 3];
            }
            *result = (int8_t)an_dsp_saturated(an_dsp_scaled(sum, channel->multiplier, channel->shift, where->rounding));
            result += where->step;
            window += by;
        }
        plane += where->plane_step / 2;
        output += where->line_step;
    }
}

static inline void an_dsp_slide_by_1(const int16_t *plane, int8_t *output, const int8_t *weights, const an_channel *channel,
                                     const an_dsp_sliding *where)
{
    an_dsp_slide(plane, output, weights, channel, where, 1);
}

static inline void an_dsp_slide_by_2(const int16_t *plane, int8_t *output, const int8_t *weights, const an_channel *channel,
                                     const an_dsp_sliding *where)
{
    an_dsp_slide(plane, output, weights, channel, where, 2);
}

static inline void an_dsp_add_fours(const int8_t *first, const int8_t *second, int8_t *output, int32_t fours,
                                    const an_dsp_add_params *params)
{
    for (int32_t i = 0; i < 4 * fours; i++) {
        const int32_t b = second[i] + params->second_zero_point, a = first[i] + params->first_zero_point;
        int32_t sum = an_high_multiply(b * (1 << 20), params->second_multiplier) + (b < 0 ? -1 : 0);
        sum = ((sum + params->second_rounding) >> params->second_shift) + a * (1 << 19);
        sum = an_high_multiply(sum, params->output_multiplier) + (sum < 0 ? -1 : 0);
        sum = an_dsp_saturated((sum + params->output_rounding) >> (params->output_shift + 1));
        output[i] = (int8_t)(params->clamped ? an_clamp(sum, (int8_t)params->low, (int8_t)params->high) : sum);
    }
}

static inline void an_dsp_mul_fours(const int8_t *first, const int8_t *second, int8_t *output, int32_t fours,
                                    const an_dsp_mul_params *params)
{
    for (int32_t i = 0; i < 4 * fours; i++) {
        int32_t sum = (first[i] + (int16_t)params->first_zero_point) * (second[i] + (int16_t)params->second_zero_point);
        sum = an_high_multiply(sum, params->output_multiplier) + (sum < 0 ? -1 : 0);
        sum = an_dsp_saturated((sum + params->output_rounding) >> (params->output_shift + 1));
        output[i] = (int8_t)(params->clamped ? an_clamp(sum, (int8_t)params->low, (int8_t)params->high) : sum);
    }
}

static inline uint32_t an_dsp_load(const int8_t *bytes)
{
    return (uint32_t)an_load_32(bytes);
}

static inline void an_dsp_store(int8_t *bytes, uint32_t word)
{
    an_store_32(bytes, (int32_t)word);
}

static inline uint32_t an_dsp_add_even(uint32_t sums, uint32_t word)
{
    const int32_t low = (int16_t)sums + (int8_t)word, high = (int16_t)(sums >> 16) + (int8_t)(word >> 16);
    return (uint32_t)(uint16_t)low | (uint32_t)high << 16;
}

static inline uint32_t an_dsp_add_odd(uint32_t sums, uint32_t word)
{
    return an_dsp_add_even(sums, word >> 8);
}

static inline uint32_t an_dsp_max(uint32_t a, uint32_t b)
{
    uint32_t result = 0;
    for (int32_t shift = 0; shift < 32; shift += 8) {
        const int8_t larger = (int8_t)an_max((int8_t)(a >> shift), (int8_t)(b >> shift));
        result |= (uint32_t)(uint8_t)larger << shift;
    }
    return result;
}

static inline uint32_t an_dsp_mean(uint32_t sums, int32_t shift)
{
    const int32_t half = 1 << (shift - 1), first = (int16_t)sums, second = (int32_t)sums >> 16;
    const int32_t low = (first + half - (first < 0 ? 1 : 0)) >> shift, high = (second + half - (second < 0 ? 1 : 0)) >> shift;
    return (uint32_t)(uint8_t)low | (uint32_t)(uint8_t)high << 16;
}

#endif
