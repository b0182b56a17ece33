#include "frame.h"

#include <stdbool.h>

#include "crc32.h"
#include "text.h"
#include "uart.h"

#define REQUEST_MAGIC 0x51524E41u /* "ANRQ" */
#define REPLY_MAGIC 0x53524E41u   /* "ANRS" */

static uint32_t an_read_word(void) {
    uint32_t word = 0;
    for (uint32_t shift = 0; shift < 32u; shift += 8u) {
        word |= (uint32_t)an_uart_read() << shift;
    }
    return word;
}

static void an_write_word(uint32_t word) {
    const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24)};
    an_uart_write(bytes, sizeof bytes);
}

/* Slides over the input byte by byte until the magic is found; `silent` when the host was already told. */
static void an_find_magic(bool silent) {
    uint32_t window = an_read_word();
    if (window != REQUEST_MAGIC && !silent) {
        an_print("ERROR magic ");
        an_print_hex(window);
        an_print(" expected ");
        an_print_hex(REQUEST_MAGIC);
        an_print("\n");
    }
    while (window != REQUEST_MAGIC) {
        window = (window >> 8) | ((uint32_t)an_uart_read() << 24);
    }
}

static bool an_length_is(uint32_t expected) {
    const uint32_t length = an_read_word();
    if (length == expected) {
        return true;
    }
    an_print("ERROR length ");
    an_print_decimal(length);
    an_print(" expected ");
    an_print_decimal(expected);
    an_print("\n");
    return false;
}

static bool an_crc_is(uint32_t expected) {
    const uint32_t crc = an_read_word();
    if (crc == expected) {
        return true;
    }
    an_print("ERROR crc ");
    an_print_hex(crc);
    an_print(" expected ");
    an_print_hex(expected);
    an_print("\n");
    return false;
}

void an_frame_receive(uint8_t *payload, uint32_t bytes) {
    bool silent = false;
    for (;;) {
        an_find_magic(silent);
        /* After a wrong length nobody knows where the frame ends: its payload is garbage to skip without a word. */
        silent = !an_length_is(bytes);
        if (silent) {
            continue;
        }
        for (uint32_t i = 0; i < bytes; i++) {
            payload[i] = an_uart_read();
        }
        if (an_crc_is(an_crc32(payload, bytes))) {
            return;
        }
    }
}

void an_frame_send(const uint8_t *payload, uint32_t bytes) {
    an_write_word(REPLY_MAGIC);
    an_write_word(bytes);
    an_uart_write(payload, bytes);
    an_write_word(an_crc32(payload, bytes));
}
