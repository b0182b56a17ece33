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
    for (int32_t block = 0; block < product->blocks; block++, channels++) {
        for (int32_t channel = 0; channel < 4; channel++) {
            const int8_t *const filter = weights + (channel / 2) * 32 * product->steps + channel % 2 * 16;
            for (int32_t position = 0; position < 3; position++) {
                int32_t sum = channels->biases[channel];
                for (int32_t k = 0; k < 16 * product->steps; k++) {
                    sum += values[position][k] * filter[k / 16 * 32 + k % 16];
                }
                outputs[position][4 * block + channel] =
                    an_mve_finished(sum, channels->multipliers[channel], channels->shifts[channel], product);
            }
        }
        weights += 64 * product->steps;
    }
}

static inline void an_mve_multiply_row(const int8_t *values, const int8_t *weights, const an_mve_channels *channels, int8_t *output,
                                       const an_mve_product *product)
{
    for (int32_t block = 0; block < product->blocks; block++, channels++, weights += 64 * product->steps) {
        for (int32_t channel = 0; channel < 4; channel++) {
            int32_t sum = channels->biases[channel];
            for (int32_t k = 0; k < 16 * product->steps; k++) {
                sum += values[k] * weights[k / 16 * 64 + 16 * channel + k % 16];
            }
            *output++ = an_mve_finished(sum, channels->multipliers[channel], channels->shifts[channel], product);
        }
    }
}

static inline int8_t *an_mve_copy(int8_t *output, const int8_t *input, const an_mve_runs *runs)
{
    for (int32_t row = 0; row < runs->rows; row++) {
        output = an_copy(output, input + row * runs->row_step, runs->bytes);
    }
    return output;
}

static inline void an_mve_slide(const int8_t *const rows[3], const int8_t *weights, const an_mve_channels *channels, int8_t *output,
                                const an_mve_line *line)
{
    static const uint8_t lanes[16] = {0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15}; /* where a channel's parameters are */
    for (int32_t group = 0; group < line->channels; group += 16) {
        const int32_t start = an_min(group, line->channels - 16);
        for (int32_t x = 0; x < line->positions; x++) {
            for (int32_t lane = 0; lane < 16; lane++) {
                const an_mve_channels *const four = channels + lanes[lane] / 4;
                int32_t sum = four->biases[lanes[lane] % 4];
                for (int32_t tap = 0; tap < 9; tap++) {
                    sum += rows[tap / 3][x * line->step + tap % 3 * line->channels + start + lane] * weights[16 * tap + lane];
                }
                sum = an_rescale(sum, four->multipliers[lanes[lane] % 4], four->shifts[lanes[lane] % 4], line->zero_point);
                output[x * line->channels + start + lane] = (int8_t)an_clamp(sum, line->low, line->high);
            }
        }
        weights += 144;
        channels += 4;
    }
}

static inline void an_mve_pool_row(const int8_t *input, int8_t *output, const an_mve_windows *windows)
{
    for (int32_t x = 0; x < windows->positions; x++, input += windows->step) {
        for (int32_t c = 0; c < windows->channels; c++) {
            const int8_t *const taps = input + c, *const below = taps + windows->row_step;
            const int8_t right = taps[windows->channels], last = below[windows->channels];
            const int32_t sum = taps[0] + right + below[0] + last;
            const int32_t largest = an_max(an_max(taps[0], right), an_max(below[0], last));
            *output++ = (int8_t)(windows->maximum ? largest : (sum - (sum < 0 ? 1 : 0) + 2) >> 2);
        }
    }
}

/* A sum times a multiplier, moved by an offset, and shifted to the right by at least one: the sum's sign tells how to round. */
static inline int32_t an_mve_rescale(int32_t sum, int32_t multiplier, int32_t shift, int32_t offset)
{
    return (an_high_multiply(sum, multiplier) + offset - (sum < 0 ? 1 : 0) + (1 << (-shift - 1))) >> -shift;
}

static inline void an_mve_add_all(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_add_params *params)
{
    for (int32_t i = 0; i < params->size; i++) {
        const int32_t a = first[i] * (1 << 19) + params->first_offset, b = second[i] * params->second_scale + params->second_offset;
        const int32_t sum = a + an_mve_rescale(b, params->second_multiplier, params->second_shift, 0);
        const int32_t result = an_mve_rescale(sum, params->output_multiplier, params->output_shift, params->output_offset);
        output[i] = (int8_t)an_clamp(result, params->activation_min, params->activation_max);
    }
}

static inline void an_mve_mul_all(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_mul_params *params)
{
    for (int32_t i = 0; i < params->size; i++) {
        const int32_t product = (first[i] + params->first_zero_point) * (second[i] + params->second_zero_point);
        const int32_t result = an_mve_rescale(product, params->output_multiplier, params->output_shift, params->output_offset);
        output[i] = (int8_t)an_clamp(result, params->activation_min, params->activation_max);
    }
}

#endif
