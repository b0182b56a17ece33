/* Text on the serial port. */
#ifndef AN_TEXT_H
#define AN_TEXT_H

#include <stdint.h>

void an_print(const char *text);
void an_print_decimal(uint32_t value);
void an_print_hex(uint32_t value); /* 0x and eight digits */

#endif
