/* The one serial port, polled. The board's setup switches it on. */
#ifndef AN_UART_H
#define AN_UART_H

#include <stddef.h>
#include <stdint.h>

uint8_t an_uart_read(void);
void an_uart_write(const void *data, size_t bytes);

#endif
