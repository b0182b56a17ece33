#include "an_mve.h"
#include "an_places.h"

/* The taps of a position in a row: where they are, if they are neighbours, else copied to `row`. */
static const int8_t *taps_of(const an_place *taken, int8_t *row, const an_geometry *geometry)
{
    const int32_t bytes = geometry->kernel_width * geometry->input_channels;
    if (!taken->inside) {
        an_gather_taps(row, bytes, taken, geometry);
        return row;
    }
    const int8_t *value = an_first_tap(taken, geometry);
    if (geometry->kernel_height == 1) {
        return value;
    }
    const an_mve_runs runs = {bytes, geometry->kernel_height, geometry->input_width * geometry->input_channels};
    an_mve_copy(row, value, &runs);
    return row;
}

/* All channels of three positions: whole blocks of four, and where some are left, the last four once more. */
static void multiply(const int8_t *const values[3], const int8_t *weights, const an_mve_channels *channels, int8_t *const outputs[3],
                     const an_mve_conv_2d_params *params)
{
    const int32_t whole = params->output_channels / 4, last = params->output_channels - 4;
    an_mve_product product = {params->depth / 16, whole, params->output_zero_point, params->activation_min, params->activation_max};
    an_mve_multiply(values, weights, channels, outputs, &product);
    if (4 * whole < params->output_channels) {
        int8_t *const others[3] = {outputs[0] + last, outputs[1] + last, outputs[2] + last};
        product.blocks = 1;
        an_mve_multiply(values, weights + 4 * params->depth * whole, channels + whole, others, &product);
    }
}

/* Three positions at a time; what is missing of the last three is the last one again. Scratch: the taps of three positions. */
void an_mve_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                    const an_mve_conv_2d_params *params)
{
    const int32_t positions = params->geometry.positions;
    an_cursor at = {input, 0, 0, 0, 0, 0, 0};

    an_begin_row(&at, &params->geometry);
    for (int32_t first = 0; first < positions; first += 3) {
        const int8_t *values[3];
        int8_t *outputs[3];
        for (int32_t i = 0; i < 3; i++) {
            const int32_t position = an_min(first + i, positions - 1);
            outputs[i] = output + position * params->output_channels;
            if (position < params->readable) {
                values[i] = input + position * params->geometry.input_channels;
            } else if (params->readable > 0) {
                an_copy(scratch + i * params->depth, input + position * params->geometry.input_channels,
                        params->geometry.input_channels);
                values[i] = scratch + i * params->depth;
            } else if (position == first + i) {
                const an_place taken = an_next_place(&at, &params->geometry);
                values[i] = taps_of(&taken, scratch + i * params->depth, &params->geometry);
            } else {
                values[i] = values[i - 1];
            }
        }
        multiply(values, weights, (const an_mve_channels *)(const void *)channels, outputs, params);
    }
}
