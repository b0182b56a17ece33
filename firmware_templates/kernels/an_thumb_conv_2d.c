#include "an_places.h"
#include "an_thumb.h"

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
    int8_t *next = row;
    for (int32_t line = geometry->kernel_height; line > 0; line--) {
        next = an_copy(next, value, bytes);
        value += geometry->input_width * geometry->input_channels;
    }
    return row;
}

static int32_t total(const int8_t *values, int32_t count)
{
    int32_t sum = 0;
    for (const int8_t *const end = values + count; values != end; values += 4) {
        sum += values[0] + values[1] + values[2] + values[3];
    }
    return sum;
}

/* One position after another. Weights are 128 too large: 128 times the sum of the values is taken off. Scratch: sums of all blocks of
 * eight channels, of which the last may begin at an earlier channel, and the taps of a position. */
void an_thumb_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                      const an_thumb_conv_2d_params *params)
{
    const int32_t blocks = (params->output_channels + 7) / 8, last = params->output_channels - 8;
    int32_t *const sums = (int32_t *)(void *)scratch;
    int8_t *const row = scratch + 32 * blocks;
    an_thumb_outputs outputs = {0, params->rounding, params->activation_min, params->activation_max};
    an_cursor at = {input, 0, 0, 0, 0, 0, 0};

    an_begin_row(&at, &params->geometry);
    for (int32_t position = params->geometry.positions; position > 0; position--) {
        const an_place taken = an_next_place(&at, &params->geometry);
        const int8_t *const values = taps_of(&taken, row, &params->geometry);
        outputs.excess = 128 * total(values, params->depth);
        an_thumb_multiply(values, weights, sums, params->depth, blocks);
        if (blocks > 1) {
            an_thumb_requantize(sums, channels, output, 8 * (blocks - 1), &outputs);
        }
        an_thumb_requantize(sums + 8 * (blocks - 1), channels + last, output + last, 8, &outputs);
        output += params->output_channels;
    }
}
