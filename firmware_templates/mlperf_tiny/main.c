/* Serves the MLPerf Tiny benchmark's runner: its commands, and answers in the words that it reads (docs/mlperf-tiny.md). */
#include "main.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "an_binding.h"
#include "benchmark.h"
#include "clock.h"
#include "decimal.h"
#include "text.h"
#include "uart.h"

#define COMMAND_BYTES 80u
#define COMMAND_END '%'
#define DEFAULT_INFERENCES 1u
#define DEFAULT_WARM_UPS 10u
#define BYTES_PER_LINE 8u

/* Not static: an emulator's memory guard finds the buffers by name. */
extern int8_t an_input[AN_INPUT_BYTES], an_output[AN_OUTPUT_BYTES];
__attribute__((aligned(8))) int8_t an_input[AN_INPUT_BYTES];
__attribute__((aligned(8))) int8_t an_output[AN_OUTPUT_BYTES];

/* What the runner loads; the length that it announced, and how much of it has come. */
__attribute__((aligned(8))) static uint8_t an_loaded[AN_BENCHMARK_BYTES];
static uint32_t an_announced, an_arrived;

static char an_command[COMMAND_BYTES + 1u];

static void an_print_number(const char *before, uint32_t value, const char *after) {
    an_print(before);
    an_print_decimal(value);
    an_print(after);
}

static void an_print_quoted(const char *before, const char *text) {
    an_print(before);
    an_print(text);
    an_print("]\r\n");
}

/* False for a command that is too long; of that, nothing counts. */
static bool an_read_command(void) {
    size_t length = 0;
    bool fits = true;
    for (char character = (char)an_uart_read(); character != COMMAND_END; character = (char)an_uart_read()) {
        const bool line_end = character == '\r' || character == '\n';
        if (!line_end && length < COMMAND_BYTES) {
            an_command[length++] = character;
        } else if (!line_end) {
            fits = false;
        }
    }
    an_command[length] = '\0';
    return fits;
}

/* The next word of a command, cut off by an end of text; `rest` moves on. Empty where there is none. */
static const char *an_next_word(char **rest) {
    char *word = *rest;
    while (*word == ' ') {
        word++;
    }
    char *end = word;
    while (*end != ' ' && *end != '\0') {
        end++;
    }
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static bool an_equal_text(const char *first, const char *second) {
    while (*first == *second && *first != '\0') {
        first++;
        second++;
    }
    return *first == *second;
}

/* False for what is no decimal number below 10^9. */
static bool an_parse_decimal(const char *text, uint32_t *value) {
    *value = 0;
    size_t digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 9u; text++, digits++) {
        *value = 10u * *value + (uint32_t)(*text - '0');
    }
    return digits > 0u && *text == '\0';
}

static int32_t an_hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const char lower = (char)(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static void an_print_time(void) {
    an_print_number("m-lap-us-", an_clock_microseconds(), "\r\n");
}

static void an_print_results(void) {
    an_print("m-results-[");
    for (uint32_t i = 0; i < AN_BENCHMARK_RESULTS; i++) {
        if (i > 0u) {
            an_print(",");
        }
        an_print_thousandths(an_benchmark_result(an_loaded, an_output, i));
    }
    an_print("]\r\n");
}

static void an_run_many(uint32_t inferences) {
    for (; inferences > 0u; inferences--) {
        AN_CALL(AN_RUN, an_input, an_output);
        an_clock_update();
    }
}

static void an_infer(char *rest) {
    uint32_t inferences = DEFAULT_INFERENCES, warm_ups = DEFAULT_WARM_UPS;
    const char *const first = an_next_word(&rest), *const second = an_next_word(&rest);
    if (*first != '\0' && (!an_parse_decimal(first, &inferences) || inferences == 0u)) {
        an_print_quoted("e-[Not a number of inferences: ", first);
        return;
    }
    if (*second != '\0' && !an_parse_decimal(second, &warm_ups)) {
        an_print_quoted("e-[Not a number of warm-ups: ", second);
        return;
    }
    if (an_arrived != AN_BENCHMARK_BYTES) {
        an_print_number("e-[The model takes ", AN_BENCHMARK_BYTES, " bytes, loaded are ");
        an_print_number("", an_arrived, "]\r\n");
        return;
    }
    an_benchmark_load(an_loaded, an_input);
    an_print_number("m-warmup-start-", warm_ups, "\r\n");
    an_run_many(warm_ups);
    an_print("m-warmup-done\r\n");
    AN_RESET(); /* a model's state must not depend on the warm-ups */
    an_print_number("m-infer-start-", inferences, "\r\n");
    an_print_time();
    an_run_many(inferences);
    an_print_time();
    an_print("m-infer-done\r\n");
    an_print_results();
}

static void an_announce(const char *size) {
    uint32_t bytes = 0;
    an_announced = an_arrived = 0;
    if (!an_parse_decimal(size, &bytes) || bytes == 0u) {
        an_print_quoted("e-[Not a number of bytes: ", size);
    } else if (bytes > AN_BENCHMARK_BYTES) {
        an_print_number("e-[No room for ", bytes, " bytes, only for ");
        an_print_number("", AN_BENCHMARK_BYTES, "]\r\n");
    } else {
        an_announced = bytes;
        an_print_number("m-[Expecting ", bytes, " bytes]\r\n");
    }
}

static void an_load_hex(const char *digits) {
    for (; *digits != '\0'; digits += 2) {
        const int32_t high = an_hex_digit(digits[0]);
        const int32_t low = high < 0 ? -1 : an_hex_digit(digits[1]);
        if (low < 0) {
            an_print_quoted("e-[Not pairs of hexadecimal digits: ", digits);
            return;
        }
        if (an_arrived == an_announced) { /* what the runner sends beyond the length that it announced */
            return;
        }
        an_loaded[an_arrived++] = (uint8_t)(16 * high + low);
        if (an_arrived == an_announced) {
            an_print("m-load-done\r\n");
        }
    }
}

static void an_print_loaded(void) {
    for (uint32_t i = 0; i < an_announced; i++) {
        const uint8_t byte = an_loaded[i];
        const char digits[3] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15u], '\0'};
        an_print(i % BYTES_PER_LINE == 0u ? "m-buffer-" : "-");
        an_print(digits);
        if (i % BYTES_PER_LINE == BYTES_PER_LINE - 1u || i == an_announced - 1u) {
            an_print("\r\n");
        }
    }
}

static void an_buffer(char *rest) {
    const char *const word = an_next_word(&rest);
    if (*word == '\0') {
        an_print("e-[db needs load, print or bytes in hexadecimal]\r\n");
    } else if (an_equal_text(word, "load")) {
        an_announce(an_next_word(&rest));
    } else if (an_equal_text(word, "print")) {
        an_print_loaded();
    } else {
        an_load_hex(word);
    }
}

static void an_print_help(void) {
    an_print("name, profile, help, timestamp\r\n"
             "db load N       begin to load N bytes\r\n"
             "db HH...        load bytes\r\n"
             "db print        show what is loaded\r\n"
             "infer [N [W]]   warm up W times, infer N times\r\n"
             "results         show the last results\r\n");
}

static void an_execute(void) {
    char *rest = an_command;
    const char *const word = an_next_word(&rest);
    if (an_equal_text(word, "name")) {
        an_print("m-name-dut-[AttendNets-TF " AN_MODEL_NAME "]\r\n");
    } else if (an_equal_text(word, "timestamp")) {
        an_print_time();
    } else if (an_equal_text(word, "profile")) {
        an_print("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\nm-model-[" AN_BENCHMARK "]\r\n");
    } else if (an_equal_text(word, "help")) {
        an_print_help();
    } else if (an_equal_text(word, "db")) {
        an_buffer(rest);
    } else if (an_equal_text(word, "infer")) {
        an_infer(rest);
    } else if (an_equal_text(word, "results")) {
        an_print_results();
    } else {
        an_print_quoted("e-[Unknown command: ", word);
    }
}

void an_main(uint32_t failed_setup) {
    if (failed_setup != 0u) {
        an_print_number("e-[Setup operation ", failed_setup, " waited in vain: times are wrong]\r\n");
    }
    an_print("m-timestamp-mode-performance\r\n");
    an_clock_start();
    an_print_time();
    an_print("m-init-done\r\n");
    for (;;) {
        an_print("m-ready\r\n");
        if (an_read_command()) {
            an_execute();
        } else {
            an_print("e-[A command has at most 80 characters]\r\n");
        }
    }
}
