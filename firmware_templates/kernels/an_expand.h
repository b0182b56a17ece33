/* Selective attention: values times gates at half their resolution, each of which is that of two by two values. */
#ifndef AN_EXPAND_H
#define AN_EXPAND_H

#include "an_copy.h"

/* Every pixel of a row twice. */
static inline void an_expand_row(int8_t *row, const int8_t *gates, int32_t columns, int32_t channels)
{
    for (; columns > 0; columns--, gates += channels) {
        row = an_copy(an_copy(row, gates, channels), gates, channels);
    }
}

#endif
