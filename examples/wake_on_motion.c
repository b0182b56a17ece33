/* Classifies only what moves. Every frame is summed over blocks of 8x8 pixels and compared with the frame before: additions and
 * subtractions, a few hundred times less work than an inference. Where enough blocks changed, the next frame goes to the model. */
#include "attendnet_digits.h"
#include "attendnet_digits_camera.h"
#include "best.h"
#include "board.h"

#if ATTENDNET_DIGITS_CAMERA_ROW_BYTES != ATTENDNET_DIGITS_CAMERA_WIDTH
#error "A byte per pixel is expected: build with --camera grey8:WIDTHxHEIGHT"
#endif

enum {
    BLOCK = 8,
    BLOCKS_ACROSS = ATTENDNET_DIGITS_CAMERA_WIDTH / BLOCK,
    BLOCKS_DOWN = ATTENDNET_DIGITS_CAMERA_HEIGHT / BLOCK,
    /* A block has moved when its mean changed by more than MEAN_CHANGE; the scene, when MOVED_BLOCKS have. */
    MEAN_CHANGE = 12,
    MOVED_BLOCKS = 2
};

/* 64 pixels sum to 16,320 at most. */
static uint16_t before[BLOCKS_DOWN][BLOCKS_ACROSS];
static uint16_t now[BLOCKS_ACROSS];
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

__attribute__((weak)) void board_sleep(void)
{
}

static void add_row(const uint8_t *row)
{
    for (int32_t x = 0; x < BLOCKS_ACROSS * BLOCK; x++) {
        now[x / BLOCK] = (uint16_t)(now[x / BLOCK] + row[x]);
    }
}

/* How many of a finished row of blocks have moved; it takes the place of the one before. */
static int32_t moved_blocks(uint16_t *earlier)
{
    int32_t moved = 0;
    for (int32_t x = 0; x < BLOCKS_ACROSS; x++) {
        const int32_t change = now[x] - earlier[x];
        moved += change > MEAN_CHANGE * BLOCK * BLOCK || change < -MEAN_CHANGE * BLOCK * BLOCK;
        earlier[x] = now[x];
        now[x] = 0;
    }
    return moved;
}

/* Reads a frame; returns whether the scene has moved since the frame before. Rows and columns beside whole blocks are left out. */
static int32_t watch_frame(void)
{
    int32_t moved = 0;
    for (int32_t y = 0; y < ATTENDNET_DIGITS_CAMERA_HEIGHT; y++) {
        const uint8_t *row = board_camera_row();
        if (y < BLOCKS_DOWN * BLOCK) {
            add_row(row);
            if (y % BLOCK == BLOCK - 1) {
                moved += moved_blocks(before[y / BLOCK]);
            }
        }
    }
    return moved >= MOVED_BLOCKS;
}

static void classify_frame(void)
{
    int8_t *next = input;
    attendnet_digits_camera_begin();
    for (int32_t y = 0; y < ATTENDNET_DIGITS_CAMERA_HEIGHT; y++) {
        next += attendnet_digits_camera_push_row(board_camera_row(), next) * ATTENDNET_DIGITS_CAMERA_OUTPUT_ROW_BYTES;
    }
    attendnet_digits_run(input, scores);
    const int32_t best = best_of(scores, ATTENDNET_DIGITS_OUTPUT_BYTES);
    board_show(best, scores[best]);
}

int main(void)
{
    watch_frame(); /* there is nothing to compare the first one with */
    for (;;) {
        if (watch_frame()) {
            classify_frame();
        } else {
            board_sleep();
        }
    }
}
