/* CRC-32 as in zlib, Ethernet and PNG (polynomial 0x04C11DB7, reflected). */
#ifndef AN_CRC32_H
#define AN_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Of what `crc` is the CRC of, followed by `data`; the CRC of nothing is 0. */
uint32_t an_crc32(uint32_t crc, const uint8_t *data, size_t bytes);

#endif
