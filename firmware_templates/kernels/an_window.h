/* The part of a sliding window that lies inside the input, along one axis. */
#ifndef AN_WINDOW_H
#define AN_WINDOW_H

#include "an_fixed_point.h"

typedef struct {
    int32_t first, last; /* taps first <= tap < last are inside */
} an_window;

/* start is the input position of tap 0 and may be negative. */
static inline an_window an_inside(int32_t start, int32_t taps, int32_t dilation, int32_t size)
{
    an_window window;
    window.first = start < 0 ? (-start + dilation - 1) / dilation : 0;
    window.last = start < size ? an_min(taps, (size - start + dilation - 1) / dilation) : 0;
    window.first = an_min(window.first, window.last);
    return window;
}

/* The input position of the first tap inside, 0 where there is none. */
static inline int32_t an_first_inside(int32_t start, an_window window, int32_t dilation)
{
    return window.first < window.last ? start + window.first * dilation : 0;
}

#endif
