/* Frames of the serial protocol: magic, length, payload, CRC-32; integers are little-endian. */
#ifndef AN_FRAME_H
#define AN_FRAME_H

#include <stdint.h>

typedef enum {
    AN_FRAME_INFER,     /* `payload` holds the input */
    AN_FRAME_SELF_TEST, /* `seed` is set */
    AN_FRAME_IDENTIFY,
} an_frame_kind;

/* Waits for a request: to infer, with exactly `bytes` payload bytes, to test itself, or to say who it is. Anything else is answered by an ERROR
 * line and skipped. */
an_frame_kind an_frame_receive(uint8_t *payload, uint32_t bytes, uint32_t *seed);

void an_frame_send(const uint8_t *payload, uint32_t bytes);

#endif
