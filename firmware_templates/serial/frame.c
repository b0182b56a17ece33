#include "frame.h"

#include "crc32.h"
#include "text.h"
#include "uart.h"

#define REQUEST_MAGIC 0x51524E41u   /* "ANRQ" */
#define SELF_TEST_MAGIC 0x54534E41u /* "ANST" */
#define IDENTIFY_MAGIC 0x44494E41u  /* "ANID" */
#define REPLY_MAGIC 0x53524E41u     /* "ANRS" */

static uint32_t an_received; /* the CRC of the payload so far */

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

static bool an_is_magic(uint32_t word) {
    return word == REQUEST_MAGIC || word == SELF_TEST_MAGIC || word == IDENTIFY_MAGIC;
}

/* Slides over the input byte by byte until a magic is found; `silent` when the host was already told. */
static uint32_t an_find_magic(bool silent) {
    uint32_t window = an_read_word();
    if (!an_is_magic(window) && !silent) {
        an_print("ERROR magic ");
        an_print_hex(window);
        an_print(" expected ");
        an_print_hex(REQUEST_MAGIC);
        an_print("\n");
    }
    while (!an_is_magic(window)) {
        window = (window >> 8) | ((uint32_t)an_uart_read() << 24);
    }
    return window;
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

an_frame_kind an_frame_begin(uint32_t bytes) {
    bool silent = false;
    for (;;) {
        const uint32_t magic = an_find_magic(silent);
        an_received = 0;
        /* After a wrong length nobody knows where the frame ends: its payload is garbage to skip without a word. */
        silent = !an_length_is(magic == REQUEST_MAGIC ? bytes : magic == SELF_TEST_MAGIC ? 4u : 0u);
        if (!silent) {
            return magic == REQUEST_MAGIC ? AN_FRAME_INFER : magic == SELF_TEST_MAGIC ? AN_FRAME_SELF_TEST : AN_FRAME_IDENTIFY;
        }
    }
}

void an_frame_read(uint8_t *payload, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) {
        payload[i] = an_uart_read();
    }
    an_received = an_crc32(an_received, payload, bytes);
}

bool an_frame_end(void) {
    const uint32_t crc = an_read_word();
    if (crc == an_received) {
        return true;
    }
    an_print("ERROR crc ");
    an_print_hex(crc);
    an_print(" expected ");
    an_print_hex(an_received);
    an_print("\n");
    return false;
}

void an_frame_send(const uint8_t *payload, uint32_t bytes) {
    an_write_word(REPLY_MAGIC);
    an_write_word(bytes);
    an_uart_write(payload, bytes);
    an_write_word(an_crc32(0, payload, bytes));
}
