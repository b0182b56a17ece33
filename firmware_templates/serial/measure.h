/* Ticks that a call takes, the cost of calling and measuring included. */
#ifndef AN_MEASURE_H
#define AN_MEASURE_H

#include <stdint.h>

/* Lives in its own file so that no compiler inlines it: two calls differ by what `function` executes, in nothing else. */
uint32_t an_measure(void (*function)(void));

#endif
