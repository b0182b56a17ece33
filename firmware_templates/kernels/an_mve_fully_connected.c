#include "an_mve.h"

/* Weights and channels: those that are missing of the last four output channels are there as well. Scratch: a row of values. */
void an_mve_fully_connected(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                            const an_mve_fully_connected_params *params)
{
    const an_mve_channels *const fours = (const an_mve_channels *)(const void *)channels;
    const an_mve_runs run = {params->input_size, 1, 0};
    const int32_t whole = params->output_size / 4, rest = params->output_size % 4;
    an_mve_product product = {params->depth / 16, 0, params->output_zero_point, params->activation_min, params->activation_max};

    for (int32_t i = 0; i < params->rows; i++) {
        const int8_t *values = input;
        if (i >= params->readable) {
            an_mve_copy(scratch, input, &run);
            values = scratch;
        }
        if (whole > 0) {
            product.blocks = whole;
            an_mve_multiply_row(values, weights, fours, output, &product);
        }
        if (rest > 0) {
            int8_t last[4];
            product.blocks = 1;
            an_mve_multiply_row(values, weights + 4 * params->depth * whole, fours + whole, last, &product);
            for (int32_t c = 0; c < rest; c++) {
                output[4 * whole + c] = last[c];
            }
        }
        input += params->input_size;
        output += params->output_size;
    }
}
