/* Writing bytes one after the other; both return where the next one goes. */
#ifndef AN_BYTES_H
#define AN_BYTES_H

#include <stdint.h>

static inline int8_t *an_copy(int8_t *output, const int8_t *input, int32_t count)
{
    while (count-- > 0) {
        *output++ = *input++;
    }
    return output;
}

static inline int8_t *an_fill(int8_t *output, int32_t count, int32_t value)
{
    while (count-- > 0) {
        *output++ = (int8_t)value;
    }
    return output;
}

#endif
