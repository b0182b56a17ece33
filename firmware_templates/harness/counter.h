/* Time in ticks of the board's counter. */
#ifndef AN_COUNTER_H
#define AN_COUNTER_H

#include <stdint.h>

void an_counter_restart(void);

/* Ticks since the restart. A counter that can tell gives UINT32_MAX when there were more than 32 bits can hold. */
uint32_t an_counter_read(void);

#endif
