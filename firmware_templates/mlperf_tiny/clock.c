#include "clock.h"

#include "an_binding.h"
#include "counter.h"

/* A restart loses a few ticks, so the counter runs on until half of its range is used. */
#define RESTART_AT (UINT32_MAX / 2u)

static uint64_t an_ticks_before;

void an_clock_start(void) {
    an_ticks_before = 0;
    an_counter_restart();
}

void an_clock_update(void) {
    const uint32_t ticks = an_counter_read();
    if (ticks > RESTART_AT) {
        an_counter_restart();
        an_ticks_before += ticks;
    }
}

uint32_t an_clock_microseconds(void) {
    an_clock_update();
    const uint64_t ticks = an_ticks_before + an_counter_read();
    return (uint32_t)(((ticks >> 32) * AN_MICROSECOND_Q32) + (((uint32_t)ticks * AN_MICROSECOND_Q32) >> 32));
}
