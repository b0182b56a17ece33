#include "an_stream.h"

void an_push_row(const an_stream *stream, int16_t *made, const int8_t *row)
{
    an_move_down(an_stream_room(stream, *made, 1), row, stream->row_bytes);
    *made = (int16_t)(*made + 1);
}
