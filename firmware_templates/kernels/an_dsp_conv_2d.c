#include "an_copy.h"
#include "an_dsp.h"
#include "an_window.h"

/* Where the taps of one output position lie. */
typedef struct {
    const int8_t *image;
    int32_t top, left; /* input row and column of the first tap; may be outside */
    int32_t inside;    /* whether all taps are inside, and what is read behind a row of them in whole words */
} place;

/* The next output position, counted through rows, columns and batches, and the columns of its row between which all taps are inside. */
typedef struct {
    const int8_t *image;
    int32_t row, column;
    int32_t top, left;
    int32_t first_inside, last_inside;
} cursor;

static void begin_row(cursor *at, const an_dsp_conv_2d_params *params)
{
    at->column = 0;
    at->top = at->row * params->stride_height - params->padding_top;
    at->left = -params->padding_left;
    const int32_t below = params->input_height - params->kernel_height - at->top;
    at->first_inside = at->top >= 0 && below >= 0 ? 0 : params->input_width;
    at->last_inside = params->input_width - params->kernel_width - (below == 0 ? params->spare_columns : 0);
}

static inline place next_place(cursor *at, const an_dsp_conv_2d_params *params)
{
    const place taken = {at->image, at->top, at->left, at->left >= at->first_inside && at->left <= at->last_inside};
    at->left += params->stride_width;
    if (++at->column == params->output_width) {
        if (++at->row == params->output_height) {
            at->row = 0;
            at->image += params->input_height * params->input_width * params->input_channels;
        }
        begin_row(at, params);
    }
    return taken;
}

static const int8_t *inside(const place *taken, const an_dsp_conv_2d_params *params)
{
    return taken->image + (taken->top * params->input_width + taken->left) * params->input_channels;
}

static const int8_t *tap(const place *taken, int32_t row, int32_t column, const int8_t *padding,
                         const an_dsp_conv_2d_params *params)
{
    const place moved = {taken->image, taken->top + row, taken->left + column, 0};
    const int32_t is_there =
        moved.top >= 0 && moved.left >= 0 && moved.top < params->input_height && moved.left < params->input_width;
    return is_there ? inside(&moved, params) : padding;
}

/* The taps of a position as bytes, every row filled up to whole words with what is there. */
static void gather(int8_t *bytes, const place *taken, const an_dsp_conv_2d_params *params)
{
    const int32_t channels = params->input_channels, zero_point = params->input_zero_point;
    const an_window columns = an_inside(taken->left, params->kernel_width, 1, params->input_width);
    for (int32_t row = 0; row < params->kernel_height; row++, bytes += 4 * params->fours) {
        const int32_t y = taken->top + row;
        if (y < 0 || y >= params->input_height) {
            an_fill(bytes, zero_point, params->kernel_width * channels);
            continue;
        }
        int8_t *next = an_fill(bytes, zero_point, columns.first * channels);
        next = an_copy(next, tap(taken, row, columns.first, bytes, params), (columns.last - columns.first) * channels);
        an_fill(next, zero_point, (params->kernel_width - columns.last) * channels);
    }
}

/* The taps of two positions, interleaved. */
static int16_t *interleave(int16_t *values, const place *first, const place *second, const int8_t *padding, int8_t *bytes,
                           const an_dsp_conv_2d_params *params)
{
    an_dsp_runs runs = {params->fours, params->kernel_height, params->input_width * params->input_channels};
    if (first->inside && second->inside) {
        return an_dsp_interleave(inside(first, params), inside(second, params), values, &runs);
    }
    if (params->input_channels % 4 != 0) {
        runs.row_step = 4 * params->fours;
        gather(bytes, first, params);
        gather(bytes + params->depth, second, params);
        return an_dsp_interleave(bytes, bytes + params->depth, values, &runs);
    }
    runs.fours = params->input_channels / 4;
    runs.rows = 1;
    for (int32_t row = 0; row < params->kernel_height; row++) {
        for (int32_t column = 0; column < params->kernel_width; column++) {
            const int8_t *const a = tap(first, row, column, padding, params);
            values = an_dsp_interleave(a, tap(second, row, column, padding, params), values, &runs);
        }
    }
    return values;
}

/* The values of pairs of positions from `start` on; `again`: the first of them was the last one before. */
static void fill(int16_t *values, int32_t start, int32_t pairs, int32_t again, cursor *at, place *last, int8_t *padding,
                 const an_dsp_conv_2d_params *params)
{
    int8_t *const bytes = padding + (params->input_channels + 3) / 4 * 4;
    if (params->pointwise) {
        const an_dsp_runs runs = {params->fours, pairs, 2 * params->input_channels};
        const int8_t *const first = at->image + start * params->input_channels;
        an_dsp_interleave(first, params->positions > 1 ? first + params->input_channels : first, values, &runs);
        return;
    }
    for (; pairs > 0; pairs--) {
        const place first = again ? *last : next_place(at, params);
        *last = params->positions > 1 ? next_place(at, params) : first;
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
    const int32_t depth = params->depth, positions = params->positions, output_channels = params->output_channels;
    int16_t *const wide = (int16_t *)(void *)scratch, *const values = wide + 4 * depth;
    int8_t *const padding = (int8_t *)(values + params->tile * depth);
    an_dsp_block block = {depth,          0,           positions > 1 ? output_channels : 0, params->rounding, params->clamped,
                          params->low, params->high};
    cursor at = {input, 0, 0, 0, 0, 0, 0};
    place last = {input, 0, 0, 0};

    for (int32_t k = 0; k < params->input_channels; k++) {
        padding[k] = (int8_t)params->input_zero_point;
    }
    begin_row(&at, params);
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
