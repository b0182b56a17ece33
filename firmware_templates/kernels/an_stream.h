/* Row-streamed execution: layers that make a few rows in every turn, from buffers that hold the last rows of the tensors between them. */
#ifndef AN_STREAM_H
#define AN_STREAM_H

#include <stdint.h>

#include "an_kernels.h"

/* A buffer of `capacity` of the `height` rows of a tensor: the last ones, which slide, so as to be neighbours; or row r at r modulo capacity. */
typedef struct {
    int8_t *rows;
    int32_t row_bytes;
    int16_t height, capacity;
    int16_t slides;
} an_stream;

/* In its turn n a layer reads `reach` rows that begin at n * step - before; those outside are padding. It waits for `ahead` more, or for all. */
typedef struct {
    int16_t stream; /* -1: there is no such operand */
    int16_t step, before, reach, ahead;
} an_reads;

/* A layer makes `unit` rows in each of `count` turns; the first and the last turns have parameters of their own. */
typedef struct {
    an_reads reads[2];
    int16_t stream;
    int16_t unit, count, top, bottom;
} an_turns;

typedef struct {
    const int8_t *inputs[2];
    int8_t *output;
    int32_t piece; /* which parameters */
    int32_t bytes; /* of the output */
} an_turn;

/* Whether the rows that the layer's next turn reads are there; then `turn` says where all is, and its rows count as made. `made` are the rows
 * made of every stream. */
int32_t an_take_turn(const an_stream *streams, int16_t *made, const an_turns *turns, an_turn *turn);

/* Of a stream that was there before its segment, a share of the rows counts as made in every pass; `tallest` passes take all of them. */
void an_arrive(const an_stream *stream, int16_t *made, int32_t pass, int32_t tallest);

/* Where the next rows of a stream go, after the others have moved to make room. */
int8_t *an_stream_room(const an_stream *stream, int32_t made, int32_t rows);

/* The next row of a stream, which then counts as made. */
void an_push_row(const an_stream *stream, int16_t *made, const int8_t *row);

/* Bytes to a lower address, or to where none of them lie. */
void an_move_down(int8_t *to, const int8_t *from, int32_t bytes);

#endif
