/* Rows of a frame from standard input, twice over; writes what every row completes, and how many rows that was. */
#include <stdio.h>
#include <stdlib.h>

#include "model_camera.h"

int main(void)
{
    /* Of exactly their sizes, and new for every row: the address sanitizer sees what is read or written beside or behind them. */
    for (int frame = 0; frame < 2; frame++) {
        model_camera_begin();
        for (int y = 0; y < MODEL_CAMERA_HEIGHT + 2; y++) {
            uint8_t *row = malloc(MODEL_CAMERA_ROW_BYTES);
            if (y < MODEL_CAMERA_HEIGHT && fread(row, MODEL_CAMERA_ROW_BYTES, 1, stdin) != 1) {
                return 1;
            }
            int8_t *output = malloc(MODEL_CAMERA_ROWS_PER_PUSH * MODEL_CAMERA_OUTPUT_ROW_BYTES);
            const int32_t rows = model_camera_push_row(row, output);
            putchar(rows & 255);
            putchar(rows >> 8);
            fwrite(output, MODEL_CAMERA_OUTPUT_ROW_BYTES, (size_t)rows, stdout);
            free(row);
            free(output);
        }
        /* A frame that is broken off leaves nothing behind. */
        uint8_t *row = calloc(1, MODEL_CAMERA_ROW_BYTES);
        int8_t *output = malloc(MODEL_CAMERA_ROWS_PER_PUSH * MODEL_CAMERA_OUTPUT_ROW_BYTES);
        model_camera_begin();
        for (int y = 0; y < MODEL_CAMERA_HEIGHT / 2; y++) {
            model_camera_push_row(row, output);
        }
        free(row);
        free(output);
    }
    return 0;
}
