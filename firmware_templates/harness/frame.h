/* Frames of the serial protocol: magic, length, payload, CRC-32; integers are little-endian. */
#ifndef AN_FRAME_H
#define AN_FRAME_H

#include <stdint.h>

/* Waits for a request of exactly `bytes` payload bytes. Anything else is answered by an ERROR line and skipped. */
void an_frame_receive(uint8_t *payload, uint32_t bytes);

void an_frame_send(const uint8_t *payload, uint32_t bytes);

#endif
