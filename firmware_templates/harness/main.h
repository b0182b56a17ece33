/* Serves inference requests for ever. `failed_setup` is what an_board_setup returned. */
#ifndef AN_MAIN_H
#define AN_MAIN_H

#include <stdint.h>

__attribute__((noreturn)) void an_main(uint32_t failed_setup);

#endif
