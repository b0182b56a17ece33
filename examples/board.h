/* What the examples ask of a board. Each has a weak stand-in in the example that uses it: define your own beside it. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* The next row of the frame that the camera is sending, from the top; it stays valid until the next call. */
const uint8_t *board_camera_row(void);

/* The next byte of a serial port, 0 to 255, or -1 when none came within a few milliseconds. */
int32_t board_read_byte(void);
void board_write_byte(uint8_t byte);

/* A class was recognized; its score as the model gives it. */
void board_show(int32_t best, int8_t score);

/* Nothing moves: the core may sleep until the next frame is due. */
void board_sleep(void);

#endif
