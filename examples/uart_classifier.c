/* Frames over a serial port: "FRME" and the rows of a frame, answered by "CLASS <number> SCORE <score>" and a line feed, or by
 * "LOST" and a line feed when bytes stop coming within a frame. */
#include "attendnet_digits.h"
#include "attendnet_digits_camera.h"
#include "best.h"
#include "board.h"

static int8_t input[ATTENDNET_DIGITS_INPUT_BYTES];
static int8_t scores[ATTENDNET_DIGITS_OUTPUT_BYTES];
static uint8_t row[ATTENDNET_DIGITS_CAMERA_ROW_BYTES];

/* A port that nothing is connected to. */
__attribute__((weak)) int32_t board_read_byte(void)
{
    return -1;
}

__attribute__((weak)) void board_write_byte(uint8_t byte)
{
    (void)byte;
}

static void print(const char *text)
{
    while (*text != '\0') {
        board_write_byte((uint8_t)*text++);
    }
}

static void print_number(int32_t number)
{
    if (number < 0) {
        board_write_byte('-');
        number = -number;
    }
    int32_t unit = 1;
    while (number / unit >= 10) {
        unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
        board_write_byte((uint8_t)('0' + number / unit % 10));
    }
}

/* Whatever comes before the four bytes is skipped. */
static void wait_for_frame(void)
{
    uint32_t last = 0;
    while (last != 0x46524D45u) { /* FRME */
        const int32_t byte = board_read_byte();
        last = byte < 0 ? 0 : (last << 8) | (uint32_t)byte;
    }
}

/* Returns 0 when bytes stop coming. */
static int32_t read_row(void)
{
    for (int32_t i = 0; i < ATTENDNET_DIGITS_CAMERA_ROW_BYTES; i++) {
        const int32_t byte = board_read_byte();
        if (byte < 0) {
            return 0;
        }
        row[i] = (uint8_t)byte;
    }
    return 1;
}

static int32_t read_frame(void)
{
    int8_t *next = input;
    attendnet_digits_camera_begin();
    for (int32_t y = 0; y < ATTENDNET_DIGITS_CAMERA_HEIGHT; y++) {
        if (!read_row()) {
            return 0;
        }
        next += attendnet_digits_camera_push_row(row, next) * ATTENDNET_DIGITS_CAMERA_OUTPUT_ROW_BYTES;
    }
    return 1;
}

int main(void)
{
    for (;;) {
        wait_for_frame();
        if (!read_frame()) {
            print("LOST\n");
            continue;
        }
        attendnet_digits_run(input, scores);
        const int32_t best = best_of(scores, ATTENDNET_DIGITS_OUTPUT_BYTES);
        print("CLASS ");
        print_number(best);
        print(" SCORE ");
        print_number(scores[best]);
        print("\n");
    }
}
