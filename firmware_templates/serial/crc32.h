/* CRC-32 as in zlib, Ethernet and PNG (polynomial 0x04C11DB7, reflected). */
#ifndef AN_CRC32_H
#define AN_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t an_crc32(const uint8_t *data, size_t bytes);

#endif
