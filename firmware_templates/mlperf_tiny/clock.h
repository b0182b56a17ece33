/* Microseconds since start, by the board's counter of ticks. */
#ifndef AN_CLOCK_H
#define AN_CLOCK_H

#include <stdint.h>

void an_clock_start(void);

/* Keeps the time. To be called before the counter's 32 bits are used up; a longer pause is counted too short. */
void an_clock_update(void);

/* Modulo 2^32, 71 minutes. */
uint32_t an_clock_microseconds(void);

#endif
