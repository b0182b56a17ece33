/* The Cortex-M System Design Kit's APB timer (Arm DDI 0479, section 4.1): counts down from 2^32 - 1. */
#include "an_binding.h"
#include "counter.h"

typedef struct {
    volatile uint32_t control;
    volatile uint32_t value;
    volatile uint32_t reload;
    volatile uint32_t interrupt;
} an_timer_registers;

#define TIMER ((an_timer_registers *)AN_COUNTER_BASE)

/* The interrupt stays disabled in the interrupt controller: its flag only tells that the counter ran out. */
#define CONTROL_ENABLE_AND_FLAG 9u
#define INTERRUPT_PENDING 1u

void an_counter_restart(void) {
    TIMER->control = 0;
    TIMER->reload = UINT32_MAX;
    TIMER->value = UINT32_MAX;
    TIMER->interrupt = INTERRUPT_PENDING;
    TIMER->control = CONTROL_ENABLE_AND_FLAG;
}

uint32_t an_counter_read(void) {
    const uint32_t ticks = UINT32_MAX - TIMER->value;
    return (TIMER->interrupt & INTERRUPT_PENDING) != 0u ? UINT32_MAX : ticks;
}
