/* Frame after frame: rows from the camera to the model's input, one inference, the best class. No frame is ever stored. */
#include "attendnet_digits.h"
#include "attendnet_digits_camera.h"
#include "best.h"
#include "board.h"

static int8_t input[ATTENDNET_DIGITS_INPUT_BYTES];
static int8_t scores[ATTENDNET_DIGITS_OUTPUT_BYTES];

/* A camera that sees grey. */
__attribute__((weak)) const uint8_t *board_camera_row(void)
{
    static uint8_t row[ATTENDNET_DIGITS_CAMERA_ROW_BYTES];
    for (int32_t i = 0; i < ATTENDNET_DIGITS_CAMERA_ROW_BYTES; i++) {
        row[i] = 128;
    }
    return row;
}

__attribute__((weak)) void board_show(int32_t best, int8_t score)
{
    (void)best;
    (void)score;
}

static void read_frame(void)
{
    int8_t *next = input;
    attendnet_digits_camera_begin();
    for (int32_t y = 0; y < ATTENDNET_DIGITS_CAMERA_HEIGHT; y++) {
        next += attendnet_digits_camera_push_row(board_camera_row(), next) * ATTENDNET_DIGITS_CAMERA_OUTPUT_ROW_BYTES;
    }
}

int main(void)
{
    for (;;) {
        read_frame();
        attendnet_digits_run(input, scores);
        const int32_t best = best_of(scores, ATTENDNET_DIGITS_OUTPUT_BYTES);
        board_show(best, scores[best]);
    }
}
