/* Stack high-water mark: the reserve is painted at reset; what is no longer painted was used. */
#ifndef AN_STACK_H
#define AN_STACK_H

#include <stdint.h>

/* Overwrites the whole stack: only for the first instructions after reset. */
void an_stack_paint(void);

/* Bytes of stack used so far, at most the reserve. */
uint32_t an_stack_used(void);

#endif
