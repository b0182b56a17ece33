#include "an_fixed_point.h"
#include "an_stream.h"

/* To a lower address, sixteen bytes at a time. */
static void move_down(int8_t *to, const int8_t *from, int32_t bytes)
{
    for (; bytes >= 16; bytes -= 16, to += 16, from += 16) {
        uint32_t words[4];
        __builtin_memcpy(words, __builtin_assume_aligned(from, 4), 16);
        __builtin_memcpy(__builtin_assume_aligned(to, 4), words, 16);
    }
    for (; bytes > 0; bytes--) {
        *to++ = *from++;
    }
}

int8_t *an_stream_room(const an_stream *stream, int32_t made, int32_t rows)
{
    if (!stream->slides) {
        return stream->rows + made % stream->capacity * stream->row_bytes;
    }
    const int32_t held = an_min(made, stream->capacity), dropped = an_max(0, held + rows - stream->capacity);
    if (dropped > 0) {
        const int8_t *const kept = stream->rows + dropped * stream->row_bytes;
        const int32_t bytes = (held - dropped) * stream->row_bytes;
        if ((stream->row_bytes & 3) == 0) {
            move_down(stream->rows, kept, bytes);
        } else {
            for (int32_t i = 0; i < bytes; i++) {
                stream->rows[i] = kept[i];
            }
        }
    }
    return stream->rows + (held - dropped) * stream->row_bytes;
}
