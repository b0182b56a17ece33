/* The class with the highest score; of equal ones the first. */
#ifndef BEST_H
#define BEST_H

#include <stdint.h>

static inline int32_t best_of(const int8_t *scores, int32_t count)
{
    int32_t best = 0;
    for (int32_t i = 1; i < count; i++) {
        if (scores[i] > scores[best]) {
            best = i;
        }
    }
    return best;
}

#endif
