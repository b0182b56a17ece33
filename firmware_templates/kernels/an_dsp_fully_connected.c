#include "an_dsp.h"

/* A row of values as an_dsp_fold makes them; what is missing of the last eight is zero. */
static int32_t fold(const int8_t *input, int32_t size, int16_t *values)
{
    const int32_t eights = size / 8, rest = size % 8;
    int32_t sum = eights > 0 ? an_dsp_fold(input, eights, values) : 0;
    if (rest > 0) {
        int8_t last[8] = {0, 0, 0, 0, 0, 0, 0, 0};
        for (int32_t k = 0; k < rest; k++) {
            last[k] = input[8 * eights + k];
        }
        sum += an_dsp_fold(last, 1, values + 8 * eights);
    }
    return sum;
}

/* Weights and channels: those that are missing of the last four output channels are there as well. Scratch: a row of values, filled up to
 * eights, as int16. */
void an_dsp_fully_connected(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                            const an_dsp_fully_connected_params *params)
{
    int16_t *const values = (int16_t *)(void *)scratch;
    const an_dsp_channels *const fours = (const an_dsp_channels *)(const void *)channels;
    const int32_t whole = params->output_size / 4, rest = params->output_size % 4;
    an_dsp_row row = {(params->input_size + 7) / 8, 0, 0, params->rounding, params->clamped, params->low, params->high};

    for (int32_t i = 0; i < params->rows; i++) {
        row.offset = fold(input, params->input_size, values);
        if (whole > 0) {
            row.blocks = whole;
            an_dsp_multiply_row(values, weights, fours, output, &row);
        }
        if (rest > 0) {
            int8_t last[4];
            row.blocks = 1;
            an_dsp_multiply_row(values, weights + 32 * row.eights * whole, fours + whole, last, &row);
            for (int32_t c = 0; c < rest; c++) {
                output[4 * whole + c] = last[c];
            }
        }
        input += params->input_size;
        output += params->output_size;
    }
}
