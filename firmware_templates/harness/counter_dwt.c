/* The core's cycle counter in its data watchpoint and trace unit (Armv7-M manual, C1.8; Armv8-M manual, D1.2). */
#include "board.h"
#include "counter.h"

#define DEMCR AN_REGISTER(0xE000EDFCu)
#define DEMCR_TRCENA (1u << 24)
#define DWT_CTRL AN_REGISTER(0xE0001000u)
#define DWT_CTRL_CYCCNTENA 1u
#define DWT_CYCCNT AN_REGISTER(0xE0001004u)
#define DWT_LAR AN_REGISTER(0xE0001FB0u)
#define UNLOCK 0xC5ACCE55u

void an_counter_restart(void) {
    DEMCR |= DEMCR_TRCENA;
#if __ARM_ARCH == 7 /* the Cortex-M7 locks its registers; Armv8-M has no lock */
    DWT_LAR = UNLOCK;
#endif
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
    DWT_CYCCNT = 0;
}

uint32_t an_counter_read(void) {
    return DWT_CYCCNT;
}
