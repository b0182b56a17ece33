#include "main.h"

#include <stdint.h>

#include "an_binding.h"
#include "crc32.h"
#include "frame.h"
#include "measure.h"
#include "stack.h"
#include "text.h"
#include "uart.h"

/* Not static: the emulator's memory guard and tracer find the buffers by name. Where the model takes its input row by row, there is one row. */
extern int8_t an_input[AN_PIECE_BYTES], an_output[AN_OUTPUT_BYTES];
__attribute__((aligned(8))) int8_t an_input[AN_PIECE_BYTES];
__attribute__((aligned(8))) int8_t an_output[AN_OUTPUT_BYTES];

static void an_call_model(void) {
    AN_TAKE(an_input, an_output);
}

static void an_call_nothing(void) {
    AN_TAKE_NOTHING(an_input, an_output);
}

#define AN_DAMAGED (UINT32_MAX - 1u) /* no number of ticks: the frame was not what was sent */

static void an_print_word(const char *key, uint32_t value) {
    an_print(key);
    an_print_decimal(value);
}

static void an_print_ready(void) {
    an_print_word("READY " AN_MODEL_NAME " protocol 2 plan " AN_PLAN_HASH " input ", AN_INPUT_BYTES);
    an_print_word(" output ", AN_OUTPUT_BYTES);
    if (AN_BY_ROWS) {
        an_print_word(" rows ", AN_PIECE_BYTES);
    }
    an_print("\n");
}

/* Every host that knows the seed knows the input; export/self_test.py has the same numbers. Returns the seed for what follows. */
static uint32_t an_make_input(uint32_t seed) {
    for (uint32_t i = 0; i < AN_PIECE_BYTES; i++) {
        seed = seed * 1664525u + 1013904223u;
        an_input[i] = (int8_t)(AN_SELF_TEST_NOISE ? (uint8_t)(seed >> 24) : 0u);
    }
    return seed;
}

/* An inference from the payload of a frame, or from a seed, piece by piece; the ticks that it took. */
static uint32_t an_infer(an_frame_kind kind, uint32_t seed, uint32_t overhead) {
    uint32_t ticks = 0, taken = 0;
    AN_BEGIN(an_output);
    for (uint32_t piece = 0; piece < AN_INPUT_BYTES / AN_PIECE_BYTES; piece++) {
        if (kind == AN_FRAME_SELF_TEST) {
            seed = an_make_input(seed);
        } else {
            if (piece > 0u) {
                /* What came while a row was being worked on would be lost. */
                an_print_word("NEXT ticks ", taken);
                an_print("\n");
            }
            an_frame_read((uint8_t *)an_input, AN_PIECE_BYTES);
            if (!AN_BY_ROWS && !an_frame_end()) {
                return AN_DAMAGED;
            }
        }
        taken = an_measure(an_call_model);
        taken = taken == UINT32_MAX ? taken : taken - overhead;
        ticks = taken == UINT32_MAX || ticks == UINT32_MAX ? UINT32_MAX : ticks + taken;
    }
    /* Rows cannot wait for the end of the frame: only then is it known whether they were those that were sent. */
    if (kind == AN_FRAME_INFER && AN_BY_ROWS && !an_frame_end()) {
        return AN_DAMAGED;
    }
    return ticks;
}

static void an_print_self_test(uint32_t seed) {
    an_print_word("SELFTEST seed ", seed);
    an_print(" crc ");
    an_print_hex(an_crc32(0, (const uint8_t *)an_output, AN_OUTPUT_BYTES));
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
        const an_frame_kind kind = an_frame_begin(AN_INPUT_BYTES);
        if (kind == AN_FRAME_SELF_TEST) {
            an_frame_read((uint8_t *)&seed, sizeof seed);
        }
        if (kind != AN_FRAME_INFER && !an_frame_end()) {
            continue;
        }
        if (kind == AN_FRAME_IDENTIFY) {
            an_print_ready();
            continue;
        }
        if (kind == AN_FRAME_SELF_TEST) {
            AN_RESET();
        }
        const uint32_t ticks = an_infer(kind, seed, overhead);
        if (ticks == AN_DAMAGED) {
            continue;
        }
        if (kind == AN_FRAME_SELF_TEST) {
            AN_RESET();
            an_print_self_test(seed);
        } else {
            an_frame_send((const uint8_t *)an_output, AN_OUTPUT_BYTES);
        }
        an_print_word("DONE ticks ", ticks);
        an_print_word(" stack ", an_stack_used());
        an_print("\n");
    }
}
