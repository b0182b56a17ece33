#include "an_stream.h"

#include "an_fixed_point.h"

static const int8_t *row_of(const an_stream *stream, int32_t made, int32_t row)
{
    const int32_t place = stream->slides ? row - an_max(0, made - stream->capacity) : row % stream->capacity;
    return stream->rows + place * stream->row_bytes;
}

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

static int8_t *room_for(const an_stream *stream, int32_t made, int32_t rows)
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

void an_arrive(const an_stream *stream, int16_t *made, int32_t pass, int32_t tallest)
{
    *made = (int16_t)an_min(stream->height, (stream->height * (pass + 1) + tallest - 1) / tallest);
}

int8_t *an_next_row(const an_stream *stream, int16_t *made)
{
    int8_t *const row = room_for(stream, *made, 1);
    *made = (int16_t)(*made + 1);
    return row;
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
        if (there < an_min(first + reads->reach, input->height)) {
            return 0;
        }
        turn->inputs[i] = row_of(input, there, an_max(first, 0));
    }
    turn->output = room_for(output, before, rows);
    turn->bytes = rows * output->row_bytes;
    turn->piece = number < turns->top ? number : turns->top + an_max(0, number + 1 + turns->bottom - turns->count);
    made[turns->stream] = (int16_t)(before + rows);
    return 1;
}
