#include "an_copy.h"
#include "an_dsp.h"
#include "an_window.h"

/* Where the taps of one output position lie. */
typedef struct {
    const int8_t *image;
    int32_t top, left; /* input row and column of the first tap; may be outside */
    int32_t inside;    /* whether all taps are inside */
} place;

/* The next output position, counted through rows, columns and batches. */
typedef struct {
    const int8_t *image;
    int32_t row, column;
} cursor;

static place next_place(cursor *at, const an_dsp_conv_2d_params *params)
{
    place taken;
    taken.image = at->image;
    taken.top = at->row * params->stride_height - params->padding_top;
    taken.left = at->column * params->stride_width - params->padding_left;
    taken.inside = taken.top >= 0 && taken.left >= 0 && taken.top <= params->input_height - params->kernel_height &&
                   taken.left <= params->input_width - params->kernel_width;
    if (++at->column == params->output_width) {
        at->column = 0;
        if (++at->row == params->output_height) {
            at->row = 0;
            at->image += params->input_height * params->input_width * params->input_channels;
        }
    }
    return taken;
}

static const int8_t *tap(const place *taken, int32_t row, int32_t column, const int8_t *padding,
                         const an_dsp_conv_2d_params *params)
{
    const int32_t y = taken->top + row, x = taken->left + column;
    if (y < 0 || x < 0 || y >= params->input_height || x >= params->input_width) {
        return padding;
    }
    return taken->image + (y * params->input_width + x) * params->input_channels;
}

/* The taps of a position as bytes in a row, padding included; up to three more stay what they are. */
static void gather(int8_t *bytes, const place *taken, const int8_t *padding, const an_dsp_conv_2d_params *params)
{
    const int32_t channels = params->input_channels;
    for (int32_t row = 0; row < params->kernel_height; row++) {
        if (taken->inside) {
            bytes = an_copy(bytes, tap(taken, row, 0, padding, params), params->kernel_width * channels);
            continue;
        }
        for (int32_t column = 0; column < params->kernel_width; column++) {
            bytes = an_copy(bytes, tap(taken, row, column, padding, params), channels);
        }
    }
}

/* The taps of two positions, interleaved, where channels come in fours. */
static int16_t *interleave(int16_t *values, const place *first, const place *second, const int8_t *padding,
                           const an_dsp_conv_2d_params *params)
{
    const int32_t fours = params->input_channels / 4;
    const int32_t row_size = params->input_width * params->input_channels;
    if (first->inside && second->inside) {
        const int8_t *a = tap(first, 0, 0, padding, params), *b = tap(second, 0, 0, padding, params);
        for (int32_t row = params->kernel_height; row > 0; row--) {
            values = an_dsp_interleave(a, b, params->kernel_width * fours, values);
            a += row_size;
            b += row_size;
        }
        return values;
    }
    for (int32_t row = 0; row < params->kernel_height; row++) {
        for (int32_t column = 0; column < params->kernel_width; column++) {
            const int8_t *a = tap(first, row, column, padding, params), *b = tap(second, row, column, padding, params);
            values = an_dsp_interleave(a, b, fours, values);
        }
    }
    return values;
}

/* Weights: [four output channels][four taps], each 16 bytes in the order of an_dsp_widen; the last four channels may repeat some of the
 * ones before. Scratch: one block of weights, the values of a tile of positions, a pixel of padding, and, where channels do not come in
 * fours, the taps of two positions. A position without a partner is paired with its predecessor. */
void an_dsp_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                    const an_dsp_conv_2d_params *params)
{
    const int32_t depth = params->depth, positions = params->positions, output_channels = params->output_channels;
    int16_t *const wide = (int16_t *)(void *)scratch, *const values = wide + 4 * depth;
    int8_t *const padding = (int8_t *)(values + params->tile * depth);
    int8_t *const bytes = padding + (params->input_channels + 3) / 4 * 4;
    const int32_t in_fours = params->input_channels % 4 == 0;
    an_dsp_block block = {depth,           0, positions > 1 ? output_channels : 0, params->rounding, params->clamped, params->low,
                          params->high};
    cursor at = {input, 0, 0};
    place last = {input, 0, 0, 0};

    for (int32_t k = 0; k < params->input_channels; k++) {
        padding[k] = (int8_t)params->input_zero_point;
    }
    for (int32_t first = 0; first < positions; first += params->tile) {
        const int32_t count = an_min(params->tile, positions - first), single = count % 2;
        int16_t *filled = values;
        for (int32_t pair = 0; pair < count / 2 + single; pair++) {
            const place a = pair == 0 && single && first > 0 ? last : next_place(&at, params);
            last = positions == 1 ? a : next_place(&at, params);
            if (in_fours) {
                filled = interleave(filled, &a, &last, padding, params);
            } else {
                gather(bytes, &a, padding, params);
                gather(bytes + depth, &last, padding, params);
                filled = an_dsp_interleave(bytes, bytes + depth, depth / 4, filled);
            }
        }
        block.pairs = count / 2 + single;
        int8_t *const tile_output = output + (positions > 1 ? first - single : 0) * output_channels;
        const int8_t *packed = weights;
        for (int32_t channel = 0; channel < output_channels; channel += 4) {
            const int32_t start = an_min(channel, output_channels - 4);
            an_dsp_widen(packed, depth / 2, wide);
            an_dsp_multiply(values, wide, channels + start, tile_output + start, &block);
            packed += 4 * depth;
        }
    }
}
