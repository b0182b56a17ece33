#include "an_fixed_point.h"
#include "an_stream.h"

int8_t *an_stream_room(const an_stream *stream, int32_t made, int32_t rows)
{
    if (!stream->slides) {
        return stream->rows + made % stream->capacity * stream->row_bytes;
    }
    const int32_t held = an_min(made, stream->capacity), dropped = an_max(0, held + rows - stream->capacity);
    if (dropped > 0) {
        an_move_down(stream->rows, stream->rows + dropped * stream->row_bytes, (held - dropped) * stream->row_bytes);
    }
    return stream->rows + (held - dropped) * stream->row_bytes;
}
