/* Driver of the Cortex-M System Design Kit's APB UART (Arm DDI 0479, section 4.3). */
#include "an_binding.h"
#include "uart.h"

typedef struct {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t control;
    volatile uint32_t interrupts;
    volatile uint32_t divider;
} an_uart_registers;

#define UART ((an_uart_registers *)AN_UART_BASE)

#define STATE_TRANSMIT_FULL 1u
#define STATE_RECEIVE_FULL 2u
#define CONTROL_TRANSMIT_AND_RECEIVE 3u
#define SMALLEST_DIVIDER 16u

void an_uart_start(void) {
    UART->divider = SMALLEST_DIVIDER;
    UART->control = CONTROL_TRANSMIT_AND_RECEIVE;
}

uint8_t an_uart_read(void) {
    while ((UART->state & STATE_RECEIVE_FULL) == 0u) {
    }
    return (uint8_t)UART->data;
}

void an_uart_write(const void *data, size_t bytes) {
    const uint8_t *byte = data;
    for (size_t i = 0; i < bytes; i++) {
        while ((UART->state & STATE_TRANSMIT_FULL) != 0u) {
        }
        UART->data = byte[i];
    }
}
