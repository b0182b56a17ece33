#include "measure.h"

#include "counter.h"

uint32_t an_measure(void (*function)(void)) {
    an_counter_restart();
    function();
    return an_counter_read();
}
