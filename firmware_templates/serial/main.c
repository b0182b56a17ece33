#include "main.h"

#include <stdint.h>

#include "an_binding.h"
#include "crc32.h"
#include "frame.h"
#include "measure.h"
#include "stack.h"
#include "text.h"
#include "uart.h"

/* Not static: the emulator's memory guard and tracer find the buffers by name. */
extern int8_t an_input[AN_INPUT_BYTES], an_output[AN_OUTPUT_BYTES];
__attribute__((aligned(8))) int8_t an_input[AN_INPUT_BYTES];
__attribute__((aligned(8))) int8_t an_output[AN_OUTPUT_BYTES];

static void an_call_model(void) {
    AN_CALL(AN_RUN, an_input, an_output);
}

static void an_call_nothing(void) {
    AN_CALL(an_nothing, an_input, an_output);
}

static void an_print_word(const char *key, uint32_t value) {
    an_print(key);
    an_print_decimal(value);
}

static void an_print_ready(void) {
    an_print_word("READY " AN_MODEL_NAME " protocol 2 plan " AN_PLAN_HASH " input ", AN_INPUT_BYTES);
    an_print_word(" output ", AN_OUTPUT_BYTES);
    an_print("\n");
}

/* Every host that knows the seed knows the input; export/self_test.py has the same numbers. */
static void an_make_input(uint32_t seed) {
    for (uint32_t i = 0; i < AN_INPUT_BYTES; i++) {
        seed = seed * 1664525u + 1013904223u;
        an_input[i] = (int8_t)(AN_SELF_TEST_NOISE ? (uint8_t)(seed >> 24) : 0u);
    }
}

static void an_print_self_test(uint32_t seed) {
    an_print_word("SELFTEST seed ", seed);
    an_print(" crc ");
    an_print_hex(an_crc32((const uint8_t *)an_output, AN_OUTPUT_BYTES));
    an_print("\n");
}

void an_main(uint32_t failed_setup) {
    if (failed_setup != 0u) {
        an_print_word("WARNING setup ", failed_setup);
        an_print("\n");
    }
    AN_RESET();
    const uint32_t overhead = an_measure(an_call_nothing);
    an_print_ready();
    for (;;) {
        uint32_t seed = 0;
        const an_frame_kind kind = an_frame_receive((uint8_t *)an_input, AN_INPUT_BYTES, &seed);
        if (kind == AN_FRAME_IDENTIFY) {
            an_print_ready();
            continue;
        }
        if (kind == AN_FRAME_SELF_TEST) {
            AN_RESET();
            an_make_input(seed);
        }
        const uint32_t ticks = an_measure(an_call_model);
        if (kind == AN_FRAME_SELF_TEST) {
            AN_RESET();
            an_print_self_test(seed);
        } else {
            an_frame_send((const uint8_t *)an_output, AN_OUTPUT_BYTES);
        }
        an_print_word("DONE ticks ", ticks == UINT32_MAX ? ticks : ticks - overhead);
        an_print_word(" stack ", an_stack_used());
        an_print("\n");
    }
}
