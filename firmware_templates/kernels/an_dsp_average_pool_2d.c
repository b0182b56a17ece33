#include "an_dsp.h"
#include "an_window.h"

/* The taps of one output position that lie inside the input. */
typedef struct {
    const int8_t *first;
    int32_t rows, columns, row_step;
    int32_t half, reciprocal; /* of the number of taps; the latter times 2^30 */
    int32_t shift;            /* where the number is a power of two */
} window;

/* The mean of both sums of 16 bits, halves away from zero, as bytes 0 and 2. The reciprocal is a little too large: too
 * little to matter to a positive quotient, and enough for every negative one, rounded down, to be one too small. */
static uint32_t mean(uint32_t sums, const window *taps)
{
    if (taps->shift > 0) {
        return an_dsp_mean(sums, taps->shift);
    }
    int32_t first = (int16_t)sums, second = (int32_t)sums >> 16;
    first += first > 0 ? taps->half : -taps->half;
    second += second > 0 ? taps->half : -taps->half;
    first = (int32_t)(((int64_t)(4 * first) * taps->reciprocal) >> 32) + (first < 0 ? 1 : 0);
    second = (int32_t)(((int64_t)(4 * second) * taps->reciprocal) >> 32) + (second < 0 ? 1 : 0);
    return (uint32_t)(uint8_t)first | (uint32_t)(uint8_t)second << 16;
}

/* All channels, four at a time; the last ones, where they are fewer than four, with ones before them. */
static void pool(const window *taps, int8_t *output, const an_pool_2d_params *params)
{
    for (int32_t group = 0; group < params->channels; group += 4) {
        const int32_t channel = an_min(group, params->channels - 4);
        const int8_t *line = taps->first + channel;
        uint32_t even = 0, odd = 0;
        for (int32_t row = taps->rows; row > 0; row--, line += taps->row_step) {
            if (taps->columns == 2) { /* by far the most frequent window */
                const uint32_t first = an_dsp_load(line), second = an_dsp_load(line + params->channels);
                even = an_dsp_add_even(an_dsp_add_even(even, first), second);
                odd = an_dsp_add_odd(an_dsp_add_odd(odd, first), second);
                continue;
            }
            const int8_t *value = line;
            for (int32_t column = taps->columns; column > 0; column--, value += params->channels) {
                const uint32_t word = an_dsp_load(value);
                even = an_dsp_add_even(even, word);
                odd = an_dsp_add_odd(odd, word);
            }
        }
        an_dsp_store(output + channel, mean(even, taps) | mean(odd, taps) << 8);
    }
}

void an_dsp_average_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params)
{
    const int32_t row_step = params->input_width * params->channels;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->window_height, 1, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->window_width, 1, params->input_width);
                window taps;
                taps.first = input + (top + rows.first) * row_step + (left + columns.first) * params->channels;
                taps.rows = rows.last - rows.first;
                taps.columns = columns.last - columns.first;
                taps.row_step = row_step;
                const int32_t count = taps.rows * taps.columns;
                taps.half = count / 2;
                taps.shift = (count & (count - 1)) == 0 ? 31 - an_leading_zeros((uint32_t)count) : 0;
                taps.reciprocal = (1 << 30) / count + 1;
                pool(&taps, output, params);
                output += params->channels;
            }
        }
        input += params->input_height * row_step;
    }
}
