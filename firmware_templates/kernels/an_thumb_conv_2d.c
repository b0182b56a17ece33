#include "an_places.h"
#include "an_thumb.h"

/* The taps of a position in a row, 128 larger; their sum. */
static int32_t load(int8_t *row, const an_place *taken, const an_thumb_conv_2d_params *params)
{
    const an_geometry *const geometry = &params->geometry;
    const int32_t bytes = geometry->kernel_width * geometry->input_channels;
    if (!taken->inside) {
        an_gather_taps(row, bytes, taken, geometry);
        return an_thumb_enlarge(row, row, params->depth);
    }
    const int8_t *value = an_first_tap(taken, geometry);
    if (geometry->kernel_height == 1 && ((uintptr_t)value & 3u) == 0u && bytes == params->depth) {
        return an_thumb_enlarge(row, value, bytes);
    }
    int8_t *next = row;
    for (int32_t line = geometry->kernel_height; line > 0; line--) {
        next = an_copy(next, value, bytes);
        value += geometry->input_width * geometry->input_channels;
    }
    return an_thumb_enlarge(row, row, params->depth);
}

/* One position after another. Values and weights are 128 too large: 128 times the sum of such values is taken off, and the biases have lost as
 * much for the weights. Scratch: sums of all blocks of
 * eight channels, of which the last may begin at an earlier channel, and the taps of a position. */
void an_thumb_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                      const an_thumb_conv_2d_params *params)
{
    const int32_t blocks = (params->output_channels + 7) / 8, last = params->output_channels - 8;
    const int32_t whole = params->output_channels / 8 * 8;
    int32_t *const sums = (int32_t *)(void *)scratch;
    int8_t *const row = scratch + 32 * blocks;
    an_thumb_outputs outputs = {0, params->rounding, params->activation_min, params->activation_max};
    an_cursor at = {input, 0, 0, 0, 0, 0, 0};

    an_begin_row(&at, &params->geometry);
    for (int32_t position = params->geometry.positions; position > 0; position--) {
        const an_place taken = an_next_place(&at, &params->geometry);
        outputs.excess = 128 * load(row, &taken, params);
        an_thumb_multiply(row, weights, sums, params->depth, blocks);
        if (whole > 0) {
            an_thumb_requantize(sums, channels, output, whole, &outputs);
        }
        if (whole < params->output_channels) {
            an_thumb_requantize(sums + whole, channels + last, output + last, 8, &outputs);
        }
        output += params->output_channels;
    }
}
