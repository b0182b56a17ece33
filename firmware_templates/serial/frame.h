/* Frames of the serial protocol: magic, length, payload, CRC-32; integers are little-endian. */
#ifndef AN_FRAME_H
#define AN_FRAME_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    AN_FRAME_INFER,     /* the payload is the input */
    AN_FRAME_SELF_TEST, /* the payload is a seed of four bytes */
    AN_FRAME_IDENTIFY,  /* there is no payload */
} an_frame_kind;

/* Waits for a request: to infer, with exactly `bytes` payload bytes, to test itself, or to say who it is. Anything else is answered by an ERROR
 * line and skipped. */
an_frame_kind an_frame_begin(uint32_t bytes);

/* The next bytes of the payload. */
void an_frame_read(uint8_t *payload, uint32_t bytes);

/* After the whole payload: whether it is what was sent; if not, an ERROR line says so. */
bool an_frame_end(void);

void an_frame_send(const uint8_t *payload, uint32_t bytes);

#endif
