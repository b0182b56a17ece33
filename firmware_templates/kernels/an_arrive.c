#include "an_fixed_point.h"
#include "an_stream.h"

void an_arrive(const an_stream *stream, int16_t *made, int32_t pass, int32_t tallest)
{
    *made = (int16_t)an_min(stream->height, (stream->height * (pass + 1) + tallest - 1) / tallest);
}
