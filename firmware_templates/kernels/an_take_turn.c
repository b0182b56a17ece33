#include "an_fixed_point.h"
#include "an_stream.h"

static const int8_t *row_of(const an_stream *stream, int32_t made, int32_t row)
{
    const int32_t place = stream->slides ? row - an_max(0, made - stream->capacity) : row % stream->capacity;
    return stream->rows + place * stream->row_bytes;
}

int32_t an_take_turn(const an_stream *streams, int16_t *made, const an_turns *turns, an_turn *turn)
{
    const an_stream *const output = &streams[turns->stream];
    const int32_t before = made[turns->stream], number = (before + turns->unit - 1) / turns->unit;
    const int32_t rows = an_min(turns->unit, output->height - before);

    if (number == turns->count) {
        return 0;
    }
    for (int32_t i = 0; i < 2 && turns->reads[i].stream >= 0; i++) {
        const an_reads *const reads = &turns->reads[i];
        const an_stream *const input = &streams[reads->stream];
        const int32_t first = number * reads->step - reads->before, there = made[reads->stream];
        if (there < an_min(first + reads->reach + reads->ahead, input->height)) {
            return 0;
        }
        turn->inputs[i] = row_of(input, there, an_max(first, 0));
    }
    turn->output = an_stream_room(output, before, rows);
    turn->bytes = rows * output->row_bytes;
    turn->piece = number < turns->top ? number : turns->top + an_max(0, number + 1 + turns->bottom - turns->count);
    made[turns->stream] = (int16_t)(before + rows);
    return 1;
}
