/* A serial port with a status and a data register for each direction; which bits say "go on" is the board's. */
#include "an_binding.h"
#include "board.h"
#include "uart.h"

uint8_t an_uart_read(void) {
    while ((AN_REGISTER(AN_RECEIVE_STATUS) & AN_RECEIVE_MASK) != AN_RECEIVE_READY) {
    }
    return (uint8_t)AN_REGISTER(AN_RECEIVE_DATA);
}

void an_uart_write(const void *data, size_t bytes) {
    const uint8_t *byte = data;
    for (size_t i = 0; i < bytes; i++) {
        while ((AN_REGISTER(AN_TRANSMIT_STATUS) & AN_TRANSMIT_MASK) != AN_TRANSMIT_READY) {
        }
        AN_REGISTER(AN_TRANSMIT_DATA) = byte[i];
    }
}
