#include "an_stream.h"

int8_t *an_next_row(const an_stream *stream, int16_t *made)
{
    int8_t *const row = an_stream_room(stream, *made, 1);
    *made = (int16_t)(*made + 1);
    return row;
}
