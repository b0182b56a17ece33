/* Any 32-bit counter that the board's setup has started. */
#include "an_binding.h"
#include "board.h"
#include "counter.h"

static uint32_t an_counter_first;

void an_counter_restart(void) {
    an_counter_first = AN_REGISTER(AN_COUNTER_BASE);
}

uint32_t an_counter_read(void) {
    return AN_REGISTER(AN_COUNTER_BASE) - an_counter_first;
}
