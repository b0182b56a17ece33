/* Three rows of an image between their paddings, of which the next line of outputs keeps what it can. Whoever includes this defines
 * AN_LOAD_ROW(output, input, bytes), which may change the bytes on the way, and AN_PADDING(zero_point), what becomes of the padding.
 */
#ifndef AN_PADDED_ROWS_H
#define AN_PADDED_ROWS_H

#include "an_copy.h"
#include "an_kernels.h"

typedef struct {
    const int8_t *image;
    int8_t *buffer;
    int32_t row_bytes, next; /* the first row that is not there yet */
} an_padded_rows;

static inline an_padded_rows an_begin_rows(const int8_t *input, int8_t *buffer, const an_padded_image *image)
{
    const int32_t row_bytes = (image->padding_left + image->width + image->padding_right) * image->channels;
    const an_padded_rows rows = {input, buffer, row_bytes, -image->padding_top};
    for (int32_t i = 0; i < 3; i++, buffer += row_bytes) {
        int8_t *const end = buffer + (image->padding_left + image->width) * image->channels;
        an_fill(buffer, AN_PADDING(image->zero_point), image->padding_left * image->channels);
        an_fill(end, AN_PADDING(image->zero_point), image->padding_right * image->channels);
    }
    return rows;
}

/* Rows top, top + 1 and top + 2; outside of the image, all is padding. */
static inline void an_take_rows(const int8_t *taken[3], an_padded_rows *rows, int32_t top, const an_padded_image *image)
{
    const int32_t bytes = image->width * image->channels;
    rows->next = rows->next < top ? top : rows->next;
    for (; rows->next < top + 3; rows->next++) {
        const int32_t y = rows->next;
        int8_t *const row = rows->buffer + (y + image->padding_top) % 3 * rows->row_bytes + image->padding_left * image->channels;
        if (y < 0 || y >= image->height) {
            an_fill(row, AN_PADDING(image->zero_point), bytes);
        } else {
            AN_LOAD_ROW(row, rows->image + y * bytes, bytes);
        }
    }
    for (int32_t i = 0; i < 3; i++) {
        taken[i] = rows->buffer + (top + i + image->padding_top) % 3 * rows->row_bytes;
    }
}

#endif
