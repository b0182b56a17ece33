#include "an_dsp.h"
#include "an_places.h"

/* The taps of two positions, interleaved. */
static int16_t *interleave(int16_t *values, const an_place *first, const an_place *second, const int8_t *padding, int8_t *bytes,
                           const an_dsp_conv_2d_params *params)
{
    const an_geometry *const geometry = &params->geometry;
    an_dsp_runs runs = {params->fours, geometry->kernel_height, geometry->input_width * geometry->input_channels};
    if (first->inside && second->inside) {
        return an_dsp_interleave(an_first_tap(first, geometry), an_first_tap(second, geometry), values, &runs);
    }
    if (geometry->input_channels % 4 != 0) {
        runs.row_step = 4 * params->fours;
        an_gather_taps(bytes, 4 * params->fours, first, geometry);
        an_gather_taps(bytes + params->depth, 4 * params->fours, second, geometry);
        return an_dsp_interleave(bytes, bytes + params->depth, values, &runs);
    }
    runs.fours = geometry->input_channels / 4;
    runs.rows = 1;
    for (int32_t row = 0; row < geometry->kernel_height; row++) {
        for (int32_t column = 0; column < geometry->kernel_width; column++) {
            const int8_t *const a = an_tap(first, row, column, padding, geometry);
            values = an_dsp_interleave(a, an_tap(second, row, column, padding, geometry), values, &runs);
        }
    }
    return values;
}

/* The values of pairs of positions from `start` on; `again`: the first of them was the last one before. */
static void fill(int16_t *values, int32_t start, int32_t pairs, int32_t again, an_cursor *at, an_place *last, int8_t *padding,
                 const an_dsp_conv_2d_params *params)
{
    int8_t *const bytes = padding + (params->geometry.input_channels + 3) / 4 * 4;
    if (params->pointwise) {
        const an_dsp_runs runs = {params->fours, pairs, 2 * params->geometry.input_channels};
        const int8_t *const first = at->image + start * params->geometry.input_channels;
        an_dsp_interleave(first, params->geometry.positions > 1 ? first + params->geometry.input_channels : first, values, &runs);
        return;
    }
    for (; pairs > 0; pairs--) {
        const an_place first = again ? *last : an_next_place(at, &params->geometry);
        *last = params->geometry.positions > 1 ? an_next_place(at, &params->geometry) : first;
        values = interleave(values, &first, last, padding, bytes, params);
        again = 0;
    }
}

/* Weights: [four output channels][four taps], each 16 bytes in the order of an_dsp_widen; the last four channels may repeat some of the
 * ones before. Every row of taps is filled up to whole words. Scratch: one block of weights, the values of a tile of positions, a pixel of
 * padding, and, where channels do not come in fours, the taps of two positions. */
void an_dsp_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                    const an_dsp_conv_2d_params *params)
{
    const int32_t depth = params->depth, positions = params->geometry.positions, output_channels = params->output_channels;
    int16_t *const wide = (int16_t *)(void *)scratch, *const values = wide + 4 * depth;
    int8_t *const padding = (int8_t *)(values + params->tile * depth);
    an_dsp_block block = {depth,          0,           positions > 1 ? output_channels : 0, params->rounding, params->clamped,
                          params->low, params->high};
    an_cursor at = {input, 0, 0, 0, 0, 0, 0};
    an_place last = {input, 0, 0, 0};

    for (int32_t k = 0; k < params->geometry.input_channels; k++) {
        padding[k] = (int8_t)params->geometry.input_zero_point;
    }
    an_begin_row(&at, &params->geometry);
    for (int32_t first = 0; first < positions; first += params->tile) {
        /* An odd number of positions ends with a tile that begins one position earlier. */
        const int32_t count = an_min(params->tile, positions - first), again = first > 0 ? count % 2 : 0, start = first - again;
        block.pairs = (count + 1) / 2;
        fill(values, start, block.pairs, again, &at, &last, padding, params);
        const int8_t *packed = weights;
        const an_dsp_channels *four = (const an_dsp_channels *)(const void *)channels;
        for (int32_t channel = 0; channel < output_channels; channel += 4) {
            int8_t *const outputs = output + start * output_channels + an_min(channel, output_channels - 4);
            an_dsp_widen(packed, depth / 2, wide);
            an_dsp_multiply(values, wide, four++, outputs, &block);
            packed += 4 * depth;
        }
    }
}
