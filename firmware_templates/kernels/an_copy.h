/* Copies and fills of a few bytes at any address, by words where the core can load them there. */
#ifndef AN_COPY_H
#define AN_COPY_H

#include <stdint.h>

static inline int8_t *an_copy(int8_t *output, const int8_t *input, int32_t bytes)
{
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    if ((((uintptr_t)output | (uintptr_t)input) & 3u) == 0u) {
        for (; bytes >= 4; bytes -= 4, output += 4, input += 4) {
            __builtin_memcpy(__builtin_assume_aligned(output, 4), __builtin_assume_aligned(input, 4), 4);
        }
    }
#endif
    for (; bytes >= 4; bytes -= 4, output += 4, input += 4) {
        __builtin_memcpy(output, input, 4);
    }
    for (; bytes > 0; bytes--) {
        *output++ = *input++;
    }
    return output;
}

static inline int8_t *an_fill(int8_t *output, int32_t value, int32_t bytes)
{
    const uint32_t four = 0x01010101u * (uint8_t)value;
    for (; bytes >= 4; bytes -= 4, output += 4) {
        __builtin_memcpy(output, &four, 4);
    }
    for (; bytes > 0; bytes--) {
        *output++ = (int8_t)value;
    }
    return output;
}

#endif
