/* The output positions of a convolution, one after another, and where their taps lie. */
#ifndef AN_PLACES_H
#define AN_PLACES_H

#include "an_copy.h"
#include "an_kernels.h"
#include "an_window.h"

/* Where the taps of one output position lie. */
typedef struct {
    const int8_t *image;
    int32_t top, left; /* input row and column of the first tap; may be outside */
    int32_t inside;    /* whether all taps are inside, and what is read behind a row of them in whole words */
} an_place;

/* The next output position, counted through rows, columns and batches, and the columns of its row between which all taps are inside. */
typedef struct {
    const int8_t *image;
    int32_t row, column;
    int32_t top, left;
    int32_t first_inside, last_inside;
} an_cursor;

static inline void an_begin_row(an_cursor *at, const an_geometry *geometry)
{
    at->column = 0;
    at->top = at->row * geometry->stride_height - geometry->padding_top;
    at->left = -geometry->padding_left;
    const int32_t below = geometry->input_height - geometry->kernel_height - at->top;
    at->first_inside = at->top >= 0 && below >= 0 ? 0 : geometry->input_width;
    at->last_inside = geometry->input_width - geometry->kernel_width - (below == 0 ? geometry->spare_columns : 0);
}

static inline an_place an_next_place(an_cursor *at, const an_geometry *geometry)
{
    const an_place taken = {at->image, at->top, at->left, at->left >= at->first_inside && at->left <= at->last_inside};
    at->left += geometry->stride_width;
    if (++at->column == geometry->output_width) {
        if (++at->row == geometry->output_height) {
            at->row = 0;
            at->image += geometry->input_height * geometry->input_width * geometry->input_channels;
        }
        an_begin_row(at, geometry);
    }
    return taken;
}

static inline const int8_t *an_first_tap(const an_place *taken, const an_geometry *geometry)
{
    return taken->image + (taken->top * geometry->input_width + taken->left) * geometry->input_channels;
}

static inline const int8_t *an_tap(const an_place *taken, int32_t row, int32_t column, const int8_t *padding,
                         const an_geometry *geometry)
{
    const an_place moved = {taken->image, taken->top + row, taken->left + column, 0};
    const int32_t is_there =
        moved.top >= 0 && moved.left >= 0 && moved.top < geometry->input_height && moved.left < geometry->input_width;
    return is_there ? an_first_tap(&moved, geometry) : padding;
}

/* All rows of taps of a position, each filled up to row_bytes with what is there. */
static inline void an_gather_taps(int8_t *bytes, int32_t row_bytes, const an_place *taken, const an_geometry *geometry)
{
    const int32_t channels = geometry->input_channels, zero_point = geometry->input_zero_point;
    const an_window columns = an_inside(taken->left, geometry->kernel_width, 1, geometry->input_width);
    const int32_t before = columns.first * channels, there = (columns.last - columns.first) * channels;
    const int32_t after = (geometry->kernel_width - columns.last) * channels, row_size = geometry->input_width * channels;
    const int8_t *value = taken->image + taken->top * row_size + (taken->left + columns.first) * channels;
    for (int32_t y = taken->top; y < taken->top + geometry->kernel_height; y++, bytes += row_bytes, value += row_size) {
        if (y < 0 || y >= geometry->input_height) {
            an_fill(bytes, zero_point, before + there + after);
        } else if (before + after == 0) {
            an_copy(bytes, value, there);
        } else {
            an_fill(an_copy(an_fill(bytes, zero_point, before), value, there), zero_point, after);
        }
    }
}

#endif
