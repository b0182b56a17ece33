/* Nordic's serial port with EasyDMA (nRF52840 Product Specification 1.7, section 6.34): it reads and writes RAM by itself. */
#include <stdbool.h>

#include "an_binding.h"
#include "board.h"
#include "uart.h"

#define UARTE(offset) AN_REGISTER(AN_UART_BASE + (offset))
#define TASKS_STARTRX UARTE(0x000u)
#define TASKS_STARTTX UARTE(0x008u)
#define EVENTS_ENDRX UARTE(0x110u)
#define EVENTS_ENDTX UARTE(0x120u)
#define RXD_PTR UARTE(0x534u)
#define RXD_MAXCNT UARTE(0x538u)
#define TXD_PTR UARTE(0x544u)
#define TXD_MAXCNT UARTE(0x548u)

/* EasyDMA cannot read flash, where constants lie: everything goes through this piece of RAM. */
#define CHUNK 32u
static volatile uint8_t an_sent[CHUNK];
static volatile uint8_t an_received;
static bool an_receiving;

uint8_t an_uart_read(void) {
    /* One byte a transfer; the port's own queue of six bytes holds what arrives between two. */
    if (!an_receiving) {
        RXD_PTR = (uint32_t)(uintptr_t)&an_received;
        RXD_MAXCNT = 1u;
        EVENTS_ENDRX = 0u;
        TASKS_STARTRX = 1u;
        an_receiving = true;
    }
    while (EVENTS_ENDRX == 0u) {
    }
    const uint8_t byte = an_received;
    EVENTS_ENDRX = 0u;
    TASKS_STARTRX = 1u;
    return byte;
}

void an_uart_write(const void *data, size_t bytes) {
    const uint8_t *byte = data;
    while (bytes != 0u) {
        const size_t count = bytes < CHUNK ? bytes : CHUNK;
        for (size_t i = 0; i < count; i++) {
            an_sent[i] = byte[i];
        }
        TXD_PTR = (uint32_t)(uintptr_t)an_sent;
        TXD_MAXCNT = (uint32_t)count;
        EVENTS_ENDTX = 0u;
        TASKS_STARTTX = 1u;
        while (EVENTS_ENDTX == 0u) {
        }
        byte += count;
        bytes -= count;
    }
}
