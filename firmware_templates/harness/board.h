/* What the board needs after reset, before anything else. */
#ifndef AN_BOARD_H
#define AN_BOARD_H

#include <stdint.h>

#define AN_REGISTER(address) (*(volatile uint32_t *)(address))
#define AN_REGISTER_16(address) (*(volatile uint16_t *)(address))
#define AN_REGISTER_8(address) (*(volatile uint8_t *)(address))

/* Executes the board's register operations: clocks, pins, serial port. Uses neither initialized nor zeroed data.
 * Returns 0, or the number of the first operation that waited in vain; those after it were executed all the same. */
uint32_t an_board_setup(void);

#endif
